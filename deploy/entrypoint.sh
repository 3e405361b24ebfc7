#!/usr/bin/env bash
# Checks that the container has a Vulkan driver, then runs a task of henka.
set -euo pipefail

if ! found=$(vulkaninfo --summary 2>/dev/null) || ! grep -q deviceName <<<"$found"; then
  echo "Cannot find Vulkan in this container." >&2
  echo "NVIDIA: set NVIDIA_DRIVER_CAPABILITIES=compute,utility,graphics and use the NVIDIA runtime." >&2
  echo "AMD, Intel: give the container /dev/dri." >&2
  exit 2
fi
grep deviceName <<<"$found" >&2

cd /opt/henka
if [[ "${1:-}" == "--help" ]]; then exec deno run --no-prompt --allow-read --allow-env cli.ts --help; fi
exec deno task "$@"
