# shellcheck shell=bash
# What this machine needs below the virtual environments, and how it gets there. Read by quickstart and tests/run.

# shellcheck disable=SC2034 # Who reads this file installs them.
# Nodes are containers (podman and what it works with) from an image (debootstrap) that ssh logs in to.
packages=(podman netavark aardvark-dns iptables nftables iproute2 crun debootstrap debian-archive-keyring
    openssh-client python3-venv)

die() { printf '%s: %s\n' "${0#./}" "$*" >&2; exit 1; }

check_path() { # DIRECTORY: podman, ssh and ansible each divide or read a path with these in it in a way of its own
    local unfit=$'[][:space:]\'":;,\\$`%#*?&|<>(){}[!]'
    [[ ! $1 =~ $unfit ]] ||
        die "$1: this path does not work here. Choose one without blanks, quotes, colons and other such marks."
}

install_packages() { # PACKAGE...: those that are missing, which takes root
    local missing=() installed package
    installed=$(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null) || true
    for package; do
        [[ $'\n'$installed$'\n' == *$'\n'"$package installed"$'\n'* ]] || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || die "this needs Debian or Ubuntu: there is no apt-get"
    [ "$(id -u)" = 0 ] ||
        die "packages are missing. Run it as root, which installs them, or: apt-get install ${missing[*]}"
    printf '\n== Install %s\n' "${missing[*]}"
    apt-get update -qq || die "apt could not fetch its package lists; see above"
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" ||
        die "apt could not install ${missing[*]}; see above"
}

find_python() { # Prints a Python that can make virtual environments with pip
    local candidate
    for candidate in python3 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$candidate" -c 'import ensurepip, sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    die "Python 3.11, 3.12 or 3.13 with ensurepip is needed"
}
