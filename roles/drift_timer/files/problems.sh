#!/bin/sh
# Print what would keep ansible from running as a service on this host, a sentence a line. Changes nothing.
# usage: problems.sh USER CALENDAR [OPTION TEST PATH]...    (TEST is -r, -w or -x)
set -eu
user=$1 calendar=$2
shift 2

as_user() {
    if [ "$(id -un)" = "$user" ]; then "$@"; else runuser -u "$user" -- "$@"; fi
}

[ -d /run/systemd/system ] || echo "Systemd does not run on this host. Use cron, or another host: -e drift_timer_host="
systemd-analyze calendar -- "$calendar" >/dev/null 2>&1 ||
    echo "drift_timer_calendar: systemd does not understand '$calendar'. See systemd.time(7), or take *-*-* 04:00:00."
if ! id "$user" >/dev/null 2>&1; then
    echo "drift_timer_user: there is no user $user."
    exit
fi
while [ $# -gt 0 ]; do
    option=$1 test=$2 path=$3
    shift 3
    case $test in -r) verb="read" ;; -x) verb="run" ;; *) verb="write into" ;; esac
    case $path in
        /*) ;;
        *)
            echo "$option: a path from the root of the host is wanted, and '$path' is none."
            continue
            ;;
    esac
    if [ "$test" = -w ]; then
        path=$(dirname "$path")
        case $path in
            # Systemd makes it, and keeps these from being written to.
            /var/lib/conductor-drift) continue ;;
            /etc | /etc/* | /usr | /usr/* | /boot | /boot/* | /efi | /efi/*)
                echo "$option: the service may not write into $path. Take a directory below /var."
                continue
                ;;
        esac
    fi
    as_user test "$test" "$path" || echo "$option: $user cannot $verb $path."
done
