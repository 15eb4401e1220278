# A version by name, since a digest has to be looked up where there is a registry: a release gives both (docs/release.md).
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json tsconfig.service.json ./
COPY src ./src
RUN npx tsc -p tsconfig.service.json && npx tsc -p src/dashboard/page
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund

FROM ${NODE_IMAGE}
ARG VERSION=unreleased
ARG REVISION=unknown
LABEL org.opencontainers.image.title="certificate-party-check" \
  org.opencontainers.image.description="Keeps the wrong Network Operator's certificate from reaching a meter" \
  org.opencontainers.image.version="$VERSION" \
  org.opencontainers.image.revision="$REVISION"
# The service needs no package manager, and whoever breaks in is to find none. A named volume takes the owner of the directory
# that it is mounted on.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
    /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
  && install -d -o 1000 -g 1000 /var/lib/certificate-party/state /var/lib/certificate-party/decisions
# Inside a container, loopback would be reached by nobody.
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY openapi.yaml ./
COPY reference-data ./reference-data
# By number, which is what Kubernetes can tell from root.
USER 1000:1000
EXPOSE 8080
# Where the service speaks TLS, HEALTH_PORT is to be set: it is the port that does not.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.HEALTH_PORT || process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Node runs as process 1 without an init: it handles the signal, and starts no process that it could leave behind. The heap
# takes half of the memory that the container may have; the rest is for buffers and WebAssembly.
STOPSIGNAL SIGTERM
CMD ["node", "dist/src/main.js"]
