# The three images of a release, for amd64 and arm64, each with its bill of materials and its provenance.
#
#   make extension && docker buildx bake --load --set '*.platform=linux/amd64' --set '*.attest='   # on this machine
#   REGISTRY=ghcr.io/example docker buildx bake --push                                             # what the release does

variable "REGISTRY" {
  default = "ghcr.io/keycloak-2fa"
}

variable "VERSION" {
  default = "0.1.0"
}

# Of the image with the extension built in: the newest Keycloak that the release is tested on.
variable "KEYCLOAK_VERSION" {
  default = "26.7.5"
}

# The commit, where it is known.
variable "REVISION" {
  default = ""
}

group "default" {
  targets = ["kc2fa", "extension", "keycloak"]
}

target "_release" {
  platforms = ["linux/amd64", "linux/arm64"]
  attest    = ["type=sbom", "type=provenance,mode=max"]
  labels = {
    "org.opencontainers.image.version"  = VERSION
    "org.opencontainers.image.revision" = REVISION
  }
}

# The command.
target "kc2fa" {
  inherits = ["_release"]
  context  = "."
  tags     = ["${REGISTRY}/kc2fa:${VERSION}"]
}

# The jar alone, for `COPY --from=` and for an init container.
target "extension" {
  inherits   = ["_release"]
  context    = "deploy/keycloak/providers"
  dockerfile = "../../extension/Dockerfile"
  tags       = ["${REGISTRY}/keycloak-2fa-extension:${VERSION}"]
}

# Keycloak with the extension, built ahead.
target "keycloak" {
  inherits = ["_release"]
  context  = "deploy/keycloak"
  args     = { KEYCLOAK_VERSION = KEYCLOAK_VERSION }
  tags     = ["${REGISTRY}/keycloak-2fa-server:${VERSION}-keycloak-${KEYCLOAK_VERSION}"]
}
