# Runs a node that must not outlive whoever started it. "$@" is the node's command line.
# Our standard input is a pipe held by the starter: its end, however it came, ends the node, with
# the signal on which the node writes its state.
exec 3<&0
"$@" </dev/null 3<&- &
node=$!
trap 'kill -TERM "$node" 2>/dev/null' TERM INT HUP

(
    trap - TERM INT HUP
    while read -r _ <&3; do :; done
    kill -TERM "$node" 2>/dev/null
    tries=0
    while [ "$tries" -lt 100 ] && kill -0 "$node" 2>/dev/null; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -KILL "$node" 2>/dev/null
) &
leash=$!

exec 3<&-
wait "$node"
status=$?
# A signal to us ends the waiting early.
while kill -0 "$node" 2>/dev/null; do
    wait "$node"
    status=$?
done
kill "$leash" 2>/dev/null
exit "$status"
