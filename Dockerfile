# The service in plain workerd, without Cloudflare: docs/SELFHOST.md.
#
#     docker build -t dormouse .
#     docker run -p 127.0.0.1:8787:8787 -v dormouse:/data -e TRUST_PROXY=on dormouse

FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run -s build:selfhost
# All that runs: the build, and the binary of workerd.
RUN mkdir runtime && cp -rL --parents dist/selfhost node_modules/workerd node_modules/@cloudflare/workerd-* runtime

FROM node:24-bookworm-slim
# workerd verifies the servers of webhooks and public keys by these certificates.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app/runtime ./
# A new volume takes its owner from this folder.
RUN mkdir /data && chown node:node /data
USER node
ENV HOST=0.0.0.0 PORT=8787 DATA_DIR=/data
VOLUME /data
EXPOSE 8787
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/healthz`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "dist/selfhost/start.mjs"]
