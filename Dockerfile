# Two stages: the wheel and its locked packages are made in the first; the second has neither compiler, tests nor a shell history of them.
# The base is Python 3.13.16 on Debian 13, by the digest of its index, which all platforms share; docs/deploying.md says how a newer one is chosen.
ARG BASE=python:3.13-slim@sha256:70729b46c69b4f1e97c4822c1af3df53a1476cf5ddc6c087c0c10bc3a5678c2f
FROM ${BASE} AS build
WORKDIR /build
COPY pyproject.toml README.md LICENSE requirements.lock requirements-build.lock ./
RUN python -m venv /opt/b12-cds && /opt/b12-cds/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    && pip install --no-cache-dir --require-hashes -r requirements-build.lock
COPY recommender recommender
COPY fhir_mappings fhir_mappings
COPY cds_service cds_service
COPY governance governance
COPY population population
COPY synthetic synthetic
COPY cli cli
RUN pip wheel --no-cache-dir --no-deps --no-build-isolation --wheel-dir /build/wheels . \
    && /opt/b12-cds/bin/pip install --no-cache-dir --no-deps /build/wheels/*.whl && /opt/b12-cds/bin/pip uninstall -y pip

FROM ${BASE}
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/b12-cds b12 \
    && install -d -o b12 -m 700 /var/lib/b12-cds/keys
COPY --from=build /opt/b12-cds /opt/b12-cds
USER b12
WORKDIR /var/lib/b12-cds
ENV PATH=/opt/b12-cds/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=1
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=3s --start-period=10s \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8080/health/ready', timeout=2)"]
# The site file is mounted; without one the service would be the demonstration, which listens on loopback only.
ENTRYPOINT ["b12-cds"]
CMD ["serve", "--config", "/etc/b12-cds/site.toml", "--host", "0.0.0.0", "--port", "8080", "--workers", "2"]
