#!/bin/sh
# Reads a secret of a Keyfob daemon with curl, and again whenever it has rotated.
# KEYFOB_ADDR is http://127.0.0.1:8200 or unix:/run/keyfob/keyfob.sock; KEYFOB_TOKEN_FILE is needed where tokens are.
set -u
path=${1:-db/creds}
address=${KEYFOB_ADDR:-http://127.0.0.1:8200}
answer=$(mktemp) etag=$(mktemp)
trap 'rm -f "$answer" "$etag"' EXIT
trap 'exit 143' TERM INT

# ask URL_PATH ARGUMENT...: the body goes to $answer, the status to standard output. The token is read for each request,
# since it is replaced while we run, and given on standard input, since everyone can see the arguments of a process.
ask() {
  url=$1
  shift
  case $address in
    unix:*) set -- --unix-socket "${address#unix:}" "$@" && url=http://localhost$url ;;
    *) url=$address$url ;;
  esac
  if [ -n "${KEYFOB_TOKEN_FILE:-}" ]; then printf 'header = "Authorization: Bearer %s"\n' "$(cat "$KEYFOB_TOKEN_FILE")"; fi |
    curl --silent --show-error --max-time 40 --config - --output "$answer" --write-out '%{http_code}' "$@" "$url"
}

# Both keys in one document are of one version. The filter `shell` quotes whatever a value holds.
read_secret() {
  ask /v1/resolve --header 'Content-Type: text/plain' --data-binary \
    "username={{secret:$path#username|shell}} password={{secret:$path#password|shell}}"
}

while :; do
  # Answered as soon as there is something else than what the ETag stands for, at the latest after 30 seconds.
  status=$(ask "/v1/secrets/$path?wait=30s" --etag-compare "$etag" --etag-save "$etag")
  [ "$status" = 304 ] && continue
  [ "$status" = 200 ] && status=$(read_secret)
  if [ "$status" = 200 ]; then
    eval "$(cat "$answer")"
    # Here a program connects to its database.
    echo "$path: user $username, password of ${#password} characters"
    continue
  fi
  # Ask anew for the value, since nothing has come of this one.
  : >"$etag"
  echo "$path: $status $(sed -n 's/.*"code":"\([A-Za-z]*\)".*/\1/p' "$answer")" >&2
  # Waiting does not help against what is asked for wrongly. A refused token may have been replaced meanwhile.
  case $status in 400 | 403 | 404 | 422) exit 1 ;; esac
  sleep 1
done
