#!/bin/sh
# Builds STAND-INS for the three base images of docker-compose.yml, under the official images' names, from Debian
# packages. They are for a machine that can't reach the image registry and nothing else: where it can be reached, don't
# run this; the real images are pulled by themselves.
#
# What a stand-in has in common with its original is what our files rely on: the user and its ids, the paths, the
# entry point's contract. Its Postgres is Debian's (15 on bookworm) and its Airflow comes with our own requirements.
#
# Needs root, debootstrap, and a Debian machine whose suite has Python 3.11: mirror, suite, pip's configuration and
# certificates are taken from this machine.
set -eu
export DOCKER_BUILDKIT=0 # the classic builder is in every engine
cd "$(dirname "$0")"

suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    awk -v suite="$suite" '$2 == suite && $3 == "main" { print $1; exit }')
[ -n "$mirror" ] || { echo "apt has no mirror of $suite main; run apt-get update" >&2; exit 1; }

if ! docker image inspect wirewatch-stand-in:base >/dev/null 2>&1; then
    root=$(mktemp -d)
    trap 'rm -rf "$root"' EXIT
    debootstrap --variant=minbase --include=ca-certificates,curl,dumb-init "$suite" "$root" "$mirror" >&2
    for file in /etc/pip.conf /etc/ssl/certs/ca-certificates.crt; do
        [ ! -e "$file" ] || cp "$file" "$root$file"
    done
    tar -C "$root" -c . | docker import - wirewatch-stand-in:base
fi

for image in apache/airflow:3.3.2-python3.11 postgres:17 redis:7.2-bookworm; do
    name=${image%%:*}
    docker build --network host --file "${name##*/}.Dockerfile" --tag "$image" .
done
