#!/bin/sh
# Makes the secrets that docker-compose.yml names, one file each, in deploy/secrets or the folder given. What is there
# stays: remove a file, and the next run makes a new one.
#
# Compose mounts a file as it is, and each container runs as a user of its own: so the files are readable by all, and the
# folder, through which nobody but a container gets to them, by its owner alone.
set -eu
if ! command -v openssl >/dev/null; then
  echo "secrets.sh needs openssl: install it" >&2
  exit 1
fi
umask 077
folder="${1:-$(dirname "$0")/secrets}"
mkdir -p "$folder"
chmod 700 "$folder"
cd "$folder"

for name in database_password database_process_password database_monitor_password \
  redis_gate_password redis_opener_password redis_queue_password redis_monitor_password \
  ticket_secret ops_token grafana_password; do
  [ -s "$name" ] || openssl rand -hex 32 >"$name"
done

# What redis_exporter reads: a password for each server that it is told of.
printf '{"redis://flashgate_monitor@redis:6379":"%s"}\n' "$(cat redis_monitor_password)" >redis_exporter_passwords.new
mv -f redis_exporter_passwords.new redis_exporter_passwords

# For a look at it on one's own machine. Put a certificate that browsers believe in its place, with its chain.
if [ ! -s tls_certificate ] || [ ! -s tls_key ]; then
  rm -f tls_certificate tls_key
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 365 -subj /CN=localhost \
    -addext "subjectAltName=DNS:localhost,IP:127.0.0.1" -keyout tls_key -out tls_certificate 2>/dev/null
fi
chmod 444 ./*
