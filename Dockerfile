# One image, several commands: web, worker, beat, migrate, up.

FROM python:3.11.16-slim-trixie AS base
ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/opt/civility/bin:$PATH


FROM base AS build
ENV PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/civility
WORKDIR /src

# The dependencies first: this layer is rebuilt only when the lock changes.
COPY requirements.lock ./
RUN pip install --require-hashes -r requirements.lock

COPY pyproject.toml README.md LICENSE ./
COPY service/ service/
COPY workers/ workers/
COPY classifier/ classifier/
COPY migrations/ migrations/
RUN pip install --no-build-isolation --no-deps .


FROM base
# The number is fixed, so that a mounted folder can be given to it from outside.
RUN groupadd --gid 10001 civility \
 && useradd --uid 10001 --gid civility --no-log-init --create-home --home-dir /var/lib/civility civility \
 && chmod 0700 /var/lib/civility
COPY --from=build /opt/civility /opt/civility

USER 10001:10001
WORKDIR /var/lib/civility
ENV CIVILITY_DATA=/var/lib/civility
EXPOSE 8000

# For web and up; docker-compose.yml has other checks for worker and beat.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/health/live', timeout=4)"]

ENTRYPOINT ["civility"]
CMD ["web", "--host", "0.0.0.0", "--port", "8000"]
