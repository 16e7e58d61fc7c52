# shellcheck shell=bash
# A benchmark of this build and of another one, in turns: one run alone says little, as machines differ from minute to minute.

# compare REF [NAME] [--rounds N]: the ratio of NAME (ingest or lifecycle) in each round, and the medians.
compare() {
  local name=ingest rounds=3 ref=${1:?compare takes a commit or tag}
  shift
  while (($# > 0)); do
    case $1 in
      --rounds) rounds=${2:?--rounds takes a number} && shift 2 ;;
      ingest | lifecycle) name=$1 && shift ;;
      *) die "compare takes ingest or lifecycle, and --rounds N, not $1" ;;
    esac
  done
  [[ $rounds =~ ^[1-9][0-9]*$ ]] || die "--rounds takes a number, not $rounds"
  deps
  build_benchmarks
  local other
  other=$(other_build "$ref") || exit 1
  local -a here=() there=()
  local round
  for ((round = 1; round <= rounds; round++)); do
    there+=("$(ratio_of "$other" "$name")")
    here+=("$(ratio_of "$ROOT" "$name")")
    say "round $round: ratio ${there[-1]} at $ref, ${here[-1]} here"
  done
  awk -v name="$name" -v ref="$ref" -v there="$(median "${there[@]}")" -v here="$(median "${here[@]}")" 'BEGIN {
    good = here >= 0.9 * there
    printf "%s: median ratio %.2f at %s, %.2f here: %.2f of it (limit 0.90: %s)\n", name, there, ref, here, here / there, good ? "holds" : "MISSED"
    exit !good
  }'
}

# other_build REF: a clone at that commit with its benchmarks built; prints its folder.
other_build() {
  local folder
  folder=$(checkout_of "$1") || exit 1
  "$folder/deploy/dev.sh" deps >&2
  build_project "$folder/tests/PolicySync.Benchmarks" other
  say "$folder"
}

# ratio_of FOLDER NAME: the first figure of the benchmark's last line. A limit that is missed there is not judged here.
ratio_of() {
  local line
  line=$(dotnet "$1/tests/PolicySync.Benchmarks/bin/Release/net10.0/PolicySync.Benchmarks.dll" "$2" | tail -n 1) || true
  [[ $line =~ ratio[^:]*:\ ([0-9.]+) ]] || die "no ratio in what the benchmark printed: $line"
  say "${BASH_REMATCH[1]}"
}

median() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
