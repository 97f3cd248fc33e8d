# The product as one image: web, worker, beat and the commands. docker-compose.yml says how they run together.
ARG PYTHON=3.13

FROM python:${PYTHON}-slim AS build
WORKDIR /app
RUN python -m venv /venv
COPY requirements.txt ./
RUN /venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
COPY . .
# Static files get the names that their content gives them. None of these values goes into the image.
RUN CONTRESEING_ENV=production DATABASE_URL=postgresql://nobody@nowhere/none ALLOWED_HOSTS=nowhere MAILER=smtp://nowhere \
    SECRET_KEY="$(head -c 48 /dev/urandom | base64 -w 0)" CONTRESEING_VAR=/tmp/build STATIC_DIR=/app/static \
    /venv/bin/python manage.py collectstatic --noinput
RUN /venv/bin/python -m compileall -q /app /venv

FROM python:${PYTHON}-slim
RUN groupadd --gid 10001 contreseing \
    && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin contreseing \
    && install -d -o contreseing -g contreseing /run/contreseing /var/lib/contreseing/attachments /backups
COPY --from=build /venv /venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/venv/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CONTRESEING_ENV=production \
    CONTRESEING_VAR=/run/contreseing \
    STATIC_DIR=/app/static \
    ATTACHMENTS_DIR=/var/lib/contreseing/attachments \
    HOST=0.0.0.0 \
    PORT=8000
USER 10001:10001
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--config", "python:config.gunicorn"]
