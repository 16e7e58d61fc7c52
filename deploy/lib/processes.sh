# shellcheck shell=bash
# Processes of the stack: started into the background, remembered by id and start time, stopped by exactly that.

readonly PIDS="$RUN/pids"

# start NAME COMMAND...: runs on after this script; standard output goes to the log of that name.
start() {
  local name=$1
  shift
  mkdir -p "$PIDS" "$LOGS"
  # A session of its own, so that Ctrl-C in this terminal reaches the script only, which then stops all in order.
  local -a session=()
  has setsid && session=(setsid)
  "${session[@]}" "$@" >"$LOGS/$name.log" 2>&1 </dev/null &
  local pid=$!
  printf '%s %s\n' "$pid" "$(birth "$pid")" >"$PIDS/$name"
}

# When a process started: with its id this identifies it permanently, also after the id is used again.
birth() {
  if [[ -r /proc/$1/stat ]]; then
    sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20
  else
    ps -o lstart= -p "$1" 2>/dev/null | tr -d ' '
  fi
}

is_running() {
  local name=$1 pid born
  [[ -f $PIDS/$name ]] || return 1
  read -r pid born <"$PIDS/$name" || return 1
  kill -0 "$pid" 2>/dev/null && [[ $(birth "$pid") == "$born" ]]
}

# stop NAME SECONDS: asks, waits, and only then insists.
stop() {
  local name=$1 patience=$2 pid
  if is_running "$name"; then
    read -r pid _ <"$PIDS/$name"
    kill -TERM "$pid" 2>/dev/null || true
    local tenths=$((patience * 10))
    while is_running "$name" && ((tenths-- > 0)); do sleep 0.1; done
    if is_running "$name"; then
      kill -KILL "$pid" 2>/dev/null || true
    fi
    say "stopped $name"
  fi
  rm -f "$PIDS/$name"
}

# wait_for NAME SECONDS COMMAND...: until the command succeeds; fails at once when the process has ended.
wait_for() {
  local name=$1 tenths=$(($2 * 10))
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ! is_running "$name" || ((tenths-- <= 0)); then
      say "the last lines of $LOGS/$name.log:" >&2
      tail -n 15 "$LOGS/$name.log" >&2
      die "$name did not become ready"
    fi
    sleep 0.1
  done
}

listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# require_free PORT VARIABLE
require_free() {
  if listens "$1"; then
    die "port $1 is taken; set $2 to another one"
  fi
}
