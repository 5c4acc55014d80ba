# syntax=docker/dockerfile:1
# For a release pin both by digest: --build-arg NODE_IMAGE=docker.io/library/node@sha256:... (the same for RUNTIME_IMAGE).
# The version is that of tools/node/package.json; build-executable.ts refuses any other.
ARG NODE_IMAGE=docker.io/library/node:26.10.0-trixie-slim
ARG RUNTIME_IMAGE=gcr.io/distroless/cc-debian13:nonroot

# What is taken from the platform that the image is for. Nothing runs in it, so nothing has to be emulated.
FROM ${NODE_IMAGE} AS target

FROM --platform=${BUILDPLATFORM} ${NODE_IMAGE} AS build
ARG TARGETARCH
WORKDIR /src
# It has `strip` for all platforms; which version does not matter.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends binutils-multiarch \
 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json .npmrc ./
COPY tools/ tools/
COPY examples/typescript/package.json examples/typescript/
# Behind a registry of one's own: --secret id=npmrc,src=$HOME/.npmrc
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc --mount=type=cache,target=/root/.npm npm ci
COPY openapi.yaml ./
COPY scripts/ scripts/
COPY src/ src/
COPY --from=target /usr/local/bin/node /target/node
RUN node scripts/build.ts \
 && node scripts/build-executable.ts --node /target/node --arch "${TARGETARCH}" --output /out/keyfob \
 && install -D --mode=644 dist/THIRD-PARTY-NOTICES.txt /out/licenses/third-party.txt \
 && install --mode=644 node_modules/node-linux-*/LICENSE /out/licenses/node.txt

FROM ${RUNTIME_IMAGE}
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Keyfob" \
      org.opencontainers.image.description="One local endpoint for every secret store." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
# Node.js 26 needs it, and the runtime image lacks it.
COPY --from=target /usr/lib/*-linux-gnu/libatomic.so.1* /usr/lib/
COPY --from=build /out/licenses/ /licenses/
COPY --from=build /out/keyfob /usr/local/bin/keyfob
# glibc keeps a pool of memory for each of V8's threads otherwise: 5 MiB that nobody uses.
# Large pieces go back to the system when they are freed, and do not stay as holes among small ones: 5 to 10 MiB.
ENV MALLOC_ARENA_MAX=1 MALLOC_MMAP_THRESHOLD_=32768
# By number, so that Kubernetes can tell that it is not root.
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/keyfob"]
CMD ["serve"]
# Where it listens elsewhere than on 127.0.0.1:8200, KEYFOB_ADDR tells.
HEALTHCHECK --interval=30s --timeout=6s --start-period=30s CMD ["/usr/local/bin/keyfob", "health"]
