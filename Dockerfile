# One image, one entry per process: `flashgate api | worker | scheduler | migrate`.
FROM node:24-bookworm-slim AS build
WORKDIR /flashgate
COPY . .
RUN npm ci --no-audit --no-fund && npm run build

# What runs: the compiled rooms and their dependencies. No private Postgres, no compiler, no tests.
FROM node:24-bookworm-slim AS run
ENV NODE_ENV=production
WORKDIR /flashgate
COPY package.json package-lock.json ./
COPY --from=build /flashgate/core/package.json core/
COPY --from=build /flashgate/redis/package.json redis/
COPY --from=build /flashgate/drizzle/package.json drizzle/
COPY --from=build /flashgate/monitoring/package.json monitoring/
COPY --from=build /flashgate/web/package.json web/
COPY --from=build /flashgate/api/package.json api/
COPY --from=build /flashgate/worker/package.json worker/
COPY --from=build /flashgate/scheduler/package.json scheduler/
COPY --from=build /flashgate/local/package.json local/
COPY --from=build /flashgate/cli/package.json cli/
COPY cli/bin cli/bin
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund && npm cache clean --force
COPY redis/lua redis/lua
COPY drizzle/migrations drizzle/migrations
COPY --from=build /flashgate/core/dist core/dist
COPY --from=build /flashgate/redis/dist redis/dist
COPY --from=build /flashgate/drizzle/dist drizzle/dist
COPY --from=build /flashgate/monitoring/dist monitoring/dist
COPY --from=build /flashgate/web/dist/storefront web/dist/storefront
COPY --from=build /flashgate/api/dist api/dist
COPY --from=build /flashgate/worker/dist worker/dist
COPY --from=build /flashgate/scheduler/dist scheduler/dist
COPY --from=build /flashgate/local/dist local/dist
COPY --from=build /flashgate/cli/dist cli/dist
USER node
ENTRYPOINT ["node", "cli/bin/flashgate.js"]
CMD ["--help"]
