// A small supervisor in place of systemd: a `systemctl` that starts, restarts and shows one real process.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { kill } from 'node:process';

/** `systemctl` and `sudo` as shell scripts that keep their state in the folder `unit` beside them. */
export const systemctlText = `#!/bin/sh
state="$(dirname "$0")/../unit"
root="$state/.."
echo "$(basename "$0") $*" >> "$state/calls"
case "$(basename "$0") $*" in
"sudo -n -l "*) exit 0 ;;
"sudo -n "*) shift; exec "$@" ;;
esac
[ "$1" = --user ] && shift
verb="$1"; shift
case "$verb" in
cat) [ "$1" = auth.service ] || { echo "No files found for $1." >&2; exit 1; } ;;
show)
  [ -e "$state/hang" ] && exec sleep 60
  [ -e "$state/babble" ] && { echo 'warning: hello'; exit 0; }
  [ "$1" = auth.service ] || { printf 'MainPID=0\\nResult=success\\nLoadState=not-found\\nActiveState=inactive\\nSubState=dead\\n'; exit 0; }
  pid="$(cat "$state/pid")"
  if [ -e "$state/failed" ]; then
    printf 'MainPID=0\\nResult=%s\\nLoadState=loaded\\nActiveState=failed\\nSubState=failed\\n' "$(cat "$state/failed")"
  else
    printf 'MainPID=%s\\nResult=success\\nLoadState=loaded\\nActiveState=active\\nSubState=running\\n' "$pid"
  fi ;;
reset-failed) rm -f "$state/failed" ;;
restart)
  [ -e "$state/fail" ] && { cat "$state/fail" >&2; exit 7; }
  [ -e "$state/lie" ] && exit 0
  [ -e "$state/failed" ] && { echo 'Start request repeated too quickly.' >&2; exit 1; }
  [ -e "$state/pid" ] && kill "$(cat "$state/pid")"
  cd "$root/current" || exit 1
  # Redirected: a service keeps no pipe of the one who restarts it.
  sleep 600 > /dev/null 2>&1 < /dev/null &
  echo $! > "$state/pid" ;;
*) echo "Unknown command verb $verb." >&2; exit 1 ;;
esac
`;

/** Ends the supervised process. */
export const endUnit = async (root: string): Promise<void> => {
  const pid = Number(await readFile(join(root, 'unit/pid'), 'utf8'));
  await writeFile(join(root, 'unit/failed'), 'success');
  kill(pid);
};
