FROM python:3.13-slim

WORKDIR /app

# First what seldom changes: the locked dependencies, wheels only, every one by its hash.
COPY requirements.txt ./
RUN pip install --no-cache-dir --require-hashes --only-binary :all: -r requirements.txt

COPY pyproject.toml README.md LICENSE ./
COPY askpanel ./askpanel
RUN pip install --no-cache-dir --no-deps --no-build-isolation .

# Nobody in particular: no name, no home, nothing of the image belongs to it.
USER 10001:10001

EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/health/ready', timeout=4)"]
CMD ["askpanel", "serve", "--host", "0.0.0.0", "--port", "8000"]
