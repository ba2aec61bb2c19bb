# The command kc2fa as an image: no shell, no package manager, not root, nothing that it must write.
#
#   docker build -t kc2fa .
#   docker run --rm --read-only --env-file kc2fa.env kc2fa status
ARG BUILD=python:3.11-slim-bookworm
ARG RUNTIME=gcr.io/distroless/python3-debian12:nonroot

FROM ${BUILD} AS build
COPY requirements/runtime.txt /src/requirements.txt
RUN python3 -m pip install --quiet --no-cache-dir --no-compile --require-hashes --only-binary :all: \
    --target /app --requirement /src/requirements.txt
COPY provisioning /src/provisioning
COPY cli /src/cli
COPY realm /src/realm
# A link leads from the library to realm/: -L follows it. Compiled here, as nothing can be written later.
RUN cp -rL /src/provisioning/keycloak_2fa /src/provisioning/embedded_keycloak /src/cli/keycloak_2fa_cli /app/ \
    && rm -rf /app/bin && python3 -m compileall -q --invalidation-mode unchecked-hash /app

# Its Python must be of the same minor version: /app holds compiled code.
FROM ${RUNTIME}
LABEL org.opencontainers.image.title="kc2fa" \
      org.opencontainers.image.description="One command enforces two-factor authentication on a whole Keycloak realm" \
      org.opencontainers.image.source="https://github.com/keycloak-2fa/keycloak-2fa" \
      org.opencontainers.image.licenses="Apache-2.0"
COPY --from=build /app /app
ENV PYTHONPATH=/app PYTHONSAFEPATH=1 PYTHONDONTWRITEBYTECODE=1
USER 65532:65532
ENTRYPOINT ["/usr/bin/python3.11", "-m", "keycloak_2fa_cli"]
