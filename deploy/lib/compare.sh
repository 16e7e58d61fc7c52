# shellcheck shell=bash
# A benchmark of this build and of another one, in turns: one run alone says little, as machines differ from minute to minute.

# compare REF [NAME] [--rounds N]: the tasks per second of NAME (ingest or lifecycle) in each round, and the medians. The builds take
# turns, so their rates are compared, and not their ratios to a client of the storage, which is another one in each build.
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
    there+=("$(rate_of "$other" "$name")")
    here+=("$(rate_of "$ROOT" "$name")")
    say "round $round: ${there[-1]} tasks/s at $ref, ${here[-1]} here"
  done
  awk -v name="$name" -v ref="$ref" -v there="$(median "${there[@]}")" -v here="$(median "${here[@]}")" 'BEGIN {
    good = here >= 0.9 * there
    printf "%s: median %.0f tasks/s at %s, %.0f here: %.2f of it (limit 0.90: %s)\n", name, there, ref, here, here / there, good ? "holds" : "MISSED"
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

# rate_of FOLDER NAME: tasks per second, as the benchmark prints them. A limit that is missed there is not judged here.
rate_of() {
  local text
  text=$(dotnet "$1/tests/PolicySync.Benchmarks/bin/Release/net10.0/PolicySync.Benchmarks.dll" "$2") || true
  [[ $text =~ (acknowledged POST, default budget|accepted to ended)\ +([0-9,]+)\ /s ]] || die "no rate in what the benchmark printed: $text"
  say "${BASH_REMATCH[2]//,/}"
}

median() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'; }
