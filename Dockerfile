# One image, one entry per process: `flashgate api | worker | scheduler | migrate | redis-users | …`.
FROM node:24.11.0-bookworm-slim AS build
WORKDIR /build
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund && npm run build && deploy/assemble.sh /image

# What runs, owned by root and written by nobody.
FROM node:24.11.0-bookworm-slim AS run
LABEL org.opencontainers.image.title="Flashgate" \
      org.opencontainers.image.description="A flash-sale engine: one gate, one judge, exactly the stock sold." \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
WORKDIR /flashgate
COPY --from=build /image ./
# Where `redis-users --acl-file` writes: a volume that is made there belongs to whom this folder belongs to.
RUN install -d -o node -g node /run/redis-users
USER 1000:1000
# No shell in between: the SIGTERM of a stop reaches the process, which drains.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node", "cli/bin/flashgate.js"]
CMD ["--help"]
