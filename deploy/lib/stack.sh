# shellcheck shell=bash
# The local stack: Azurite, the Unity Catalog emulator with its sample, and the host in role All; with --events also an event hub that
# the host reads. All on loopback.

readonly HTTP_PORT=${POLICYSYNC_HTTP_PORT:-8080}
readonly EMULATOR_PORT=${POLICYSYNC_EMULATOR_PORT:-8585}
readonly BLOB_PORT=${POLICYSYNC_BLOB_PORT:-10000}
readonly QUEUE_PORT=${POLICYSYNC_QUEUE_PORT:-10001}
readonly TABLE_PORT=${POLICYSYNC_TABLE_PORT:-10002}
readonly SILO_PORT=${POLICYSYNC_SILO_PORT:-11111}
readonly GATEWAY_PORT=${POLICYSYNC_GATEWAY_PORT:-30000}
readonly HUB_PORT=${POLICYSYNC_HUB_PORT:-5672}
readonly HUB=tasks

readonly API="http://127.0.0.1:$HTTP_PORT"
readonly EMULATOR="http://127.0.0.1:$EMULATOR_PORT"
readonly EMULATOR_TOKEN=dapi-emulator-policysync
readonly EMULATOR_WAREHOUSE=emulator-warehouse
readonly INSTANCE=instance1

# The account that every Azurite has; it opens nothing else.
readonly ACCOUNT=devstoreaccount1
readonly ACCOUNT_KEY="Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

EVENTS=false # whether the stack has an event hub

up() {
  local detach=false argument
  for argument in "$@"; do
    case $argument in
      --detach) detach=true ;;
      --events) EVENTS=true ;;
      *) die "up takes --detach and --events only, not $argument" ;;
    esac
  done
  prepare_stack
  trap stop_stack EXIT
  trap 'exit 130' INT TERM
  start_stack "$RUN/data"
  say "API        $API/policysync/api/v1/task"
  say "dashboard  $API/dashboard"
  say "emulator   $EMULATOR"
  say "token      $TOKEN_FILE"
  if $EVENTS; then say "event hub  port $HUB_PORT; deploy/dev.sh event sends it the event of standard input"; fi
  if $detach; then
    trap - EXIT
    say "stop it with deploy/dev.sh down"
    return
  fi
  say "Ctrl-C stops it"
  while is_running host; do sleep 0.5; done
  tail -n 15 "$LOGS/host.log" >&2
  die "the host has ended"
}

down() {
  if ! is_running host && ! is_running emulator && ! is_running azurite && ! is_running hub; then
    say "nothing is up"
  fi
  stop_stack
}

demo() {
  case $* in
    --events) EVENTS=true ;;
    '') ;;
    *) die "demo takes --events only, not $*" ;;
  esac
  prepare_stack
  trap stop_stack EXIT
  trap 'exit 130' INT TERM
  rm -rf "$RUN/demo-data" "$RUN/demo-policies" # the emulator begins afresh too
  cp -r "$ROOT/deploy/demo/policies" "$RUN/demo-policies" # the story changes a policy
  POLICYSYNC_POLICIES=$RUN/demo-policies start_stack "$RUN/demo-data"
  local -a sender=()
  if $EVENTS; then sender=("$ROOT/deploy/dev.sh"); fi
  POLICYSYNC_URL=$API POLICYSYNC_TOKEN_FILE=$TOKEN_FILE \
    bash "$ROOT/deploy/demo/story.sh" "$CLI" "$EMULATOR" "$RUN/demo-policies" "${sender[@]}"
}

# event: sends standard input as one event to the hub of a stack that is up.
event() {
  is_running hub || die "no event hub is up; deploy/dev.sh up --events starts one"
  dotnet "$(program EventHubs.Emulator)" send --port "$HUB_PORT" --hub "$HUB"
}

token() {
  require_dotnet
  [[ -f $CLI ]] || build_project "$ROOT/src/PolicySync.Cli"
  ensure_keys
  dotnet "$CLI" token create --key "$KEY_FOLDER/private.pem" --audience "$INSTANCE" "$@"
}

prepare_stack() {
  if is_running host || is_running emulator || is_running azurite || is_running hub; then
    die "the stack is up already; deploy/dev.sh down stops it"
  fi
  require_free "$HTTP_PORT" POLICYSYNC_HTTP_PORT
  require_free "$EMULATOR_PORT" POLICYSYNC_EMULATOR_PORT
  require_free "$BLOB_PORT" POLICYSYNC_BLOB_PORT
  require_free "$QUEUE_PORT" POLICYSYNC_QUEUE_PORT
  require_free "$TABLE_PORT" POLICYSYNC_TABLE_PORT
  require_free "$SILO_PORT" POLICYSYNC_SILO_PORT
  require_free "$GATEWAY_PORT" POLICYSYNC_GATEWAY_PORT
  if $EVENTS; then require_free "$HUB_PORT" POLICYSYNC_HUB_PORT; fi
  deps
  say "building"
  build_programs
  if $EVENTS; then build_project "$ROOT/src/EventHubs.Emulator"; fi
  write_token
}

# start_stack DATA: the host last, as it needs the others; Azurite keeps its rows in DATA.
start_stack() {
  local data=$1
  mkdir -p "$data"
  say "starting Azurite, emulator and host"
  start azurite "$AZURITE" --location "$data" --skipApiVersionCheck --silent --disableTelemetry \
    --blobHost 127.0.0.1 --blobPort "$BLOB_PORT" --queueHost 127.0.0.1 --queuePort "$QUEUE_PORT" \
    --tableHost 127.0.0.1 --tablePort "$TABLE_PORT"
  start emulator dotnet "$(program UnityCatalog.Emulator)" --urls "$EMULATOR" --port-file "$RUN/emulator.url"
  wait_for azurite 60 listens "$TABLE_PORT"
  wait_for emulator 60 curl -fsS -m 2 "$EMULATOR/_emulator/health"
  local -a events=()
  if $EVENTS; then
    start hub dotnet "$(program EventHubs.Emulator)" --port "$HUB_PORT" --hub "$HUB:2"
    wait_for hub 60 listens "$HUB_PORT"
    # The address and key of every emulator; nothing else takes it.
    events=(CONNECTOR_ON_DEMAND_V2_AZURE_EVENT_HUB_ENABLED=true
      "CONNECTOR_ON_DEMAND_V2_AZURE_CONNECTION_STRING=Endpoint=sb://127.0.0.1:$HUB_PORT;SharedAccessKeyName=local;SharedAccessKey=bG9jYWw=;EntityPath=$HUB;UseDevelopmentEmulator=true")
  fi
  start host env "${events[@]}" \
    ASPNETCORE_URLS="$API" \
    PolicySync__Role=All \
    PolicySync__Instance="$INSTANCE" \
    PolicySync__Workspace__Host="$EMULATOR" \
    PolicySync__Workspace__Token="$EMULATOR_TOKEN" \
    PolicySync__Workspace__WarehouseId="$EMULATOR_WAREHOUSE" \
    PolicySync__Policies__Source=Folder \
    PolicySync__Policies__Folder="${POLICYSYNC_POLICIES:-$ROOT/deploy/demo/policies}" \
    PolicySync__Storage__ConnectionString="DefaultEndpointsProtocol=http;AccountName=$ACCOUNT;AccountKey=$ACCOUNT_KEY;BlobEndpoint=http://127.0.0.1:$BLOB_PORT/$ACCOUNT;TableEndpoint=http://127.0.0.1:$TABLE_PORT/$ACCOUNT;" \
    PolicySync__Auth__PublicKeyFile="$KEY_FOLDER/public.pem" \
    PolicySync__Cluster__SiloPort="$SILO_PORT" \
    PolicySync__Cluster__GatewayPort="$GATEWAY_PORT" \
    dotnet "$(program PolicySync.Host)"
  wait_for host 120 curl -fsS -m 2 "$API/health/ready"
}

# Storage last, with time to save: the host writes to it while it ends, and Azurite writes its file when it is asked to end.
stop_stack() {
  stop host 60
  stop hub 10
  stop emulator 10
  stop azurite 20
}

# The key pair stays, so that tokens live longer than a stack.
ensure_keys() {
  mkdir -p "$KEY_FOLDER"
  chmod 0700 "$KEY_FOLDER" # whatever the umask
  if [[ ! -s $KEY_FOLDER/private.pem || ! -s $KEY_FOLDER/public.pem ]]; then
    rm -f "$KEY_FOLDER/private.pem" "$KEY_FOLDER/public.pem" # a half pair
    [[ -f $CLI ]] || build_project "$ROOT/src/PolicySync.Cli"
    dotnet "$CLI" token keys --out "$KEY_FOLDER" >/dev/null
  fi
}

write_token() {
  local signed
  signed=$(token --scope policysync.tasks --scope policysync.ops --expires 30d)
  (umask 077 && printf '%s\n' "$signed" >"$TOKEN_FILE")
}
