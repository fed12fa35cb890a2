# The API's image: on top of the base only /app, with the locked packages and api/, both compiled.
#
# Every file that is added carries the same date and mode wherever it is built, and the layers go from what changes
# least to what changes most: a commit that leaves the packages alone stores and pulls the layer of api/ only.
# What a secret looks like is refused as an argument, and an argument that is not declared here reaches nothing.

# The digest is that of the multi-platform index. An argument, so that a base of the same kind can take its place.
ARG BASE=python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
# checkov:skip=CKV_DOCKER_7:the base has a tag and a digest, in the line above

FROM ${BASE} AS packages
WORKDIR /build
COPY requirements/api.txt ./
# Wheels only, so nothing is compiled; a fixed hash seed and hash-based byte code make the same files each time.
RUN pip install --quiet --require-hashes --only-binary :all: --no-deps --no-compile --no-cache-dir --root-user-action ignore \
      --disable-pip-version-check --target /image/app/packages --requirement api.txt \
 && rm -rf /image/app/packages/bin \
 && PYTHONHASHSEED=0 python -m compileall -q --invalidation-mode unchecked-hash -s /image /image/app/packages \
 && chmod -R u=rwX,go=rX /image \
 && find /image -exec touch --no-dereference --date=@0 {} +

FROM ${BASE} AS code
COPY api /image/app/api
RUN PYTHONHASHSEED=0 python -m compileall -q --invalidation-mode unchecked-hash -s /image /image/app/api \
 && chmod -R u=rwX,go=rX /image \
 && find /image -exec touch --no-dereference --date=@0 {} +

FROM ${BASE}
ARG REVISION=unreleased
ARG SOURCE=
# First the arguments are checked. Then pip goes, and every setuid bit: nothing is installed here any more, and nothing
# becomes root. The arguments stand before this instruction because builders look only here whether they have changed.
RUN if [ "$REVISION" != unreleased ]; then expr "$REVISION" : '[0-9a-f]\{40\}$' > /dev/null \
      || { echo "REVISION: 40 hex digits of a commit, or unreleased" >&2; exit 64; }; fi \
 && if [ -n "$SOURCE" ]; then expr "$SOURCE" : 'https://[a-z0-9.-]\{1,\}\(/[A-Za-z0-9_.-]\{1,\}\)\{2,\}$' > /dev/null \
      || { echo "SOURCE: https://<host>/<owner>/<name> of the repository, nothing else" >&2; exit 64; }; fi \
 && rm -rf /usr/local/bin/pip* /usr/local/lib/python3*/*-packages/* /usr/local/lib/python3*/ensurepip \
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} + \
 && touch --date=@0 /usr/local/bin /usr/local/lib/python3* /usr/local/lib/python3*/*-packages
COPY --from=packages /image /
COPY --from=code /image /
ENV PYTHONPATH=/app/packages PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
WORKDIR /app
# Without an entry in /etc/passwd; the group as well, because one that is not given would be root's.
USER 10001:10001
EXPOSE 4000
STOPSIGNAL SIGTERM
# The same as in the task definition, which is what ECS uses.
HEALTHCHECK --interval=30s --timeout=5s --retries=3 --start-period=30s CMD ["python", "-S", "-m", "api.healthcheck"]
CMD ["python", "-m", "api"]
LABEL org.opencontainers.image.title="PriceGuard API" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.licenses="MIT"
