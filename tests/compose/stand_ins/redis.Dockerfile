# Stand-in for the official Redis image: its user (999:999), its data folder. Debian's version.
FROM wirewatch-stand-in:base
RUN groupadd --gid 999 redis && useradd --uid 999 --gid 999 --home-dir /data redis
RUN apt-get update && apt-get install -y --no-install-recommends redis-server && rm -rf /var/lib/apt/lists/*
RUN install -d -o redis -g redis /data
USER redis
WORKDIR /data
CMD ["redis-server"]
