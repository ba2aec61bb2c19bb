#!/usr/bin/env bash
# For machines that reach no image registry: the base images of our Dockerfiles, under their official names, from
# Debian's packages alone. Needs root, a Docker engine and mmdebstrap. An image that is there already is left alone.
set -euo pipefail
BUILD=python:3.11-slim-bookworm RUNTIME=gcr.io/distroless/python3-debian12:nonroot COPY=busybox:1.37.0-musl
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

there() { docker image inspect "$1" >/dev/null 2>&1; }
debian() { mmdebstrap --quiet --dpkgopt='path-exclude=/usr/share/doc/*' "$@"; }

there "$BUILD" || {
  # With this machine's own list of CAs: what stands between it and the package index may have one of its own.
  debian --variant=minbase --include=ca-certificates,python3,python3-pip bookworm "$scratch/build.tar" \
    --customize-hook='copy-in /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs'
  docker import "$scratch/build.tar" "$BUILD"
}

there "$RUNTIME" || {
  # Unpacked and not installed: Python runs without a shell and without a package manager, so none of them stays.
  root=$scratch/root
  debian --variant=extract bookworm "$root" \
    --include=base-files,ca-certificates,libpython3.11-stdlib,libssl3,netbase,python3-minimal,tzdata
  cat "$root"/usr/share/ca-certificates/mozilla/*.crt > "$root/etc/ssl/certs/ca-certificates.crt"
  echo 'nonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin' > "$root/etc/passwd"
  echo 'nonroot:x:65532:' > "$root/etc/group"
  install -d -o 65532 -g 65532 "$root/home/nonroot"
  rm -rf "$root"/var/{cache,lib/apt,lib/dpkg,log}/* "$root"/{bin/tar,usr/bin/{dpkg*,deb*,mawk,perl*},usr/sbin/*} \
    "$root"/usr/{lib/x86_64-linux-gnu/perl*,share/{locale,man,perl*,lintian}}
  tar -C "$root" -c . | docker import --change 'USER 65532' --change 'ENTRYPOINT ["/usr/bin/python3.11"]' - "$RUNTIME"
}

there "$COPY" || {
  debian --variant=extract --include=busybox-static bookworm "$scratch/busybox"
  tar -C "$scratch/busybox" -c bin/busybox | docker import - "$COPY"
}
