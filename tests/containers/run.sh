#!/bin/bash
# The contract suites against containers. Where no engine runs, root starts one; images that the engine lacks are made
# from Debian's packages, under the names that tests/servers/containers.py pins. What was started here is ended here.
set -euo pipefail
cd "$(dirname "$0")/../.."

here=tests/containers
scratch=$(mktemp -d)
engine=
finish() {
    if [ -n "$engine" ]; then
        kill "$engine" && wait "$engine" || true
    fi
    # What a stopped engine left mounted goes first; a busy leftover is said, not forced.
    grep -o "$scratch[^ ]*" /proc/self/mounts | sort -r | xargs -r umount 2>/dev/null || true
    rm -rf --one-file-system "$scratch" || echo "left behind: $scratch" >&2
}
trap finish EXIT

need() { # a program, and the Debian package that brings it
    if ! command -v "$1" >/dev/null; then
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            echo "$1 is needed: install it (Debian: apt-get install $2)" >&2
            exit 1
        fi
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$2" >/dev/null
    fi
}

start_engine() { # with the options given; ends in failure when it does not answer
    dockerd --data-root "$scratch/data" --exec-root "$scratch/exec" --pidfile "$scratch/engine.pid" \
        --host "unix://$scratch/engine.sock" "$@" >"$scratch/engine.log" 2>&1 &
    engine=$!
    for _ in $(seq 60); do
        DOCKER_HOST=unix://$scratch/engine.sock docker info >/dev/null 2>&1 && return 0
        kill -0 "$engine" 2>/dev/null || break
        sleep 0.5
    done
    kill "$engine" 2>/dev/null || true
    wait "$engine" || true
    engine=
    return 1
}

make_base() { # a minimal Debian, once
    docker image inspect kosilab-debian >/dev/null 2>&1 && return 0
    need debootstrap debootstrap
    echo "making a minimal Debian ..."
    debootstrap --variant=minbase bookworm "$scratch/debian" >"$scratch/debootstrap.log" ||
        { tail -5 "$scratch/debootstrap.log" >&2; exit 1; }
    tar --create --directory "$scratch/debian" --one-file-system . | docker import - kosilab-debian >/dev/null
    rm -rf --one-file-system "$scratch/debian"
}

make_image() { # a folder beside this script, and the image's name
    docker image inspect "$2" >/dev/null 2>&1 && return 0
    make_base
    echo "making $2 ..."
    docker build --quiet --network host --tag "$2" "$here/$1" >/dev/null
}

need docker docker.io
if ! docker info >/dev/null 2>&1; then
    need dockerd docker.io
    start_engine || start_engine --storage-driver=vfs || start_engine --storage-driver=vfs --iptables=false || {
        echo "no container engine answers, and none could be started:" >&2
        tail -5 "$scratch/engine.log" >&2
        exit 1
    }
    export DOCKER_HOST=unix://$scratch/engine.sock
    echo "started an engine: $(docker info --format '{{.ServerVersion}}, {{.Driver}}')"
fi

pinned() { .venv/bin/python -c "from tests.servers import containers; print(containers.$1)"; }
make_image postgres "$(pinned POSTGRES_IMAGE)"
make_image rabbitmq "$(pinned RABBIT_IMAGE)"

export TESTCONTAINERS_RYUK_DISABLED=true KOSILAB_TEST_PROVIDER=containers
unset KOSILAB_TEST_DATABASE_URL KOSILAB_TEST_AMQP_URL
.venv/bin/python -m pytest tests/test_servers.py $([ -d tests/contracts ] && echo tests/contracts) "$@"
