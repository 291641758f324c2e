//! Planted secrets: made by a seeded generator and put together at run time, so that no scanner finds one in the
//! sources.

use super::generator::{ALNUM, BASE64, Generator, HEX, LOWER, UPPER, URL64};

/// Lines in which a token with a format of its own shows up; `{}` is the token.
pub(super) const ANYWHERE: &[&str] = &[
    "2025-07-04T14:32:09.5024381Z remote: invalid credential {} for this resource",
    "DEBUG config={\"auth\":{\"value\":\"{}\"},\"retries\":3}",
    "    at connect ('{}', attempt=2)",
    "+ deploy --quiet {} --region eu-west-1",
    "warning: unused argument `{}`, ignoring it",
];

/// A format: the kind, how a value is made, and the lines it is planted in.
pub(super) type Format = (&'static str, fn(&mut Generator) -> String, &'static [&'static str]);

/// Formats that are known without a name beside them.
pub(super) const TOKENS: &[Format] = &[
    (
        "github-token",
        |g| {
            format!(
                "{}{}",
                g.pick(&["ghp_", "gho_", "ghu_", "ghs_", "ghr_"]),
                g.text(ALNUM, 36)
            )
        },
        ANYWHERE,
    ),
    (
        "github-token",
        |g| format!("github_pat_{}_{}", g.text(ALNUM, 22), g.text(ALNUM, 59)),
        ANYWHERE,
    ),
    (
        "gitlab-token",
        |g| {
            format!(
                "{}{}",
                g.pick(&["glpat-", "gldt-", "glrt-", "glptt-", "glcbt-"]),
                g.text(URL64, 20)
            )
        },
        ANYWHERE,
    ),
    (
        "aws-access-key",
        |g| format!("{}{}", g.pick(&["AKIA", "ASIA"]), g.text(UPPER, 16)),
        ANYWHERE,
    ),
    (
        "aws-session-token",
        |g| format!("IQoJb3JpZ2lu{}==", g.text(BASE64, 200)),
        ANYWHERE,
    ),
    ("google-key", |g| format!("AIza{}", g.text(URL64, 35)), ANYWHERE),
    (
        "google-key",
        |g| format!("{}{}", g.pick(&["ya29.", "GOCSPX-", "1//0"]), g.text(URL64, 44)),
        ANYWHERE,
    ),
    (
        "azure-secret",
        |g| format!("{}8Q~{}", g.text(ALNUM, 3), g.text("0123456789ABCDEFabcdef_.-~", 34)),
        ANYWHERE,
    ),
    (
        "azure-devops-token",
        |g| format!("{}AZDO{}", g.text(ALNUM, 76), g.text(ALNUM, 4)),
        ANYWHERE,
    ),
    (
        "slack-token",
        |g| {
            format!(
                "xox{}-{}-{}-{}",
                g.pick(&["b", "p", "a", "s"]),
                g.text("123456789", 12),
                g.text("123456789", 12),
                g.text(ALNUM, 24)
            )
        },
        ANYWHERE,
    ),
    (
        "slack-token",
        |g| {
            format!(
                "xapp-1-A{}-{}-{}",
                g.text(UPPER, 10),
                g.text("123456789", 13),
                g.text(HEX, 64)
            )
        },
        ANYWHERE,
    ),
    (
        "discord-token",
        |g| format!("MT{}.G{}.{}", g.text(ALNUM, 22), g.text(URL64, 5), g.text(URL64, 38)),
        ANYWHERE,
    ),
    (
        "telegram-token",
        |g| format!("{}:AA{}", g.text("123456789", 10), g.text(URL64, 33)),
        ANYWHERE,
    ),
    (
        "stripe-key",
        |g| {
            format!(
                "{}{}",
                g.pick(&["sk_live_", "rk_live_", "sk_test_", "whsec_"]),
                g.text(ALNUM, 32)
            )
        },
        ANYWHERE,
    ),
    (
        "twilio-key",
        |g| format!("{}{}", g.pick(&["SK", "AC"]), g.text(HEX, 32)),
        ANYWHERE,
    ),
    (
        "sendgrid-key",
        |g| format!("SG.{}.{}", g.text(URL64, 22), g.text(URL64, 43)),
        ANYWHERE,
    ),
    ("mail-key", |g| format!("key-{}", g.text(HEX, 32)), ANYWHERE),
    (
        "mail-key",
        |g| format!("{}-us{}", g.text(HEX, 32), 1 + g.below(20)),
        ANYWHERE,
    ),
    ("npm-token", |g| format!("npm_{}", g.text(ALNUM, 36)), ANYWHERE),
    (
        "pypi-token",
        |g| format!("pypi-AgEIcHlwaS5vcmc{}", g.text(URL64, 90)),
        ANYWHERE,
    ),
    ("crates-token", |g| format!("cio{}", g.text(ALNUM, 32)), ANYWHERE),
    ("rubygems-key", |g| format!("rubygems_{}", g.text(HEX, 48)), ANYWHERE),
    ("nuget-key", |g| format!("oy2{}", g.text(LOWER, 43)), ANYWHERE),
    ("package-key", |g| format!("AKCp{}", g.text(ALNUM, 69)), ANYWHERE),
    ("docker-token", |g| format!("dckr_pat_{}", g.text(URL64, 27)), ANYWHERE),
    ("huggingface-token", |g| format!("hf_{}", g.text(ALNUM, 34)), ANYWHERE),
    (
        "anthropic-key",
        |g| format!("sk-ant-api03-{}AA", g.text(URL64, 93)),
        ANYWHERE,
    ),
    ("openai-key", |g| format!("sk-{}", g.text(ALNUM, 48)), ANYWHERE),
    ("openai-key", |g| format!("sk-proj-{}", g.text(URL64, 74)), ANYWHERE),
    (
        "model-service-key",
        |g| format!("{}{}", g.pick(&["gsk_", "r8_", "pplx-", "xai-"]), g.text(ALNUM, 48)),
        ANYWHERE,
    ),
    (
        "shopify-token",
        |g| format!("{}{}", g.pick(&["shpat_", "shpss_", "shpca_"]), g.text(HEX, 32)),
        ANYWHERE,
    ),
    ("square-token", |g| format!("sq0atp-{}", g.text(URL64, 22)), ANYWHERE),
    (
        "payment-key",
        |g| format!("access_token$production${}${}", g.text(LOWER, 16), g.text(HEX, 32)),
        ANYWHERE,
    ),
    (
        "digitalocean-token",
        |g| format!("dop_v1_{}", g.text(HEX, 64)),
        ANYWHERE,
    ),
    ("heroku-key", |g| format!("HRKU-AA{}", g.text(URL64, 58)), ANYWHERE),
    ("databricks-token", |g| format!("dapi{}", g.text(HEX, 32)), ANYWHERE),
    (
        "terraform-token",
        |g| format!("{}.atlasv1.{}", g.text(ALNUM, 14), g.text(ALNUM, 67)),
        ANYWHERE,
    ),
    ("vault-token", |g| format!("hvs.{}", g.text(URL64, 90)), ANYWHERE),
    ("linear-key", |g| format!("lin_api_{}", g.text(ALNUM, 40)), ANYWHERE),
    ("notion-token", |g| format!("ntn_{}", g.text(ALNUM, 46)), ANYWHERE),
    ("figma-token", |g| format!("figd_{}", g.text(URL64, 40)), ANYWHERE),
    ("newrelic-key", |g| format!("NRAK-{}", g.text(UPPER, 27)), ANYWHERE),
    (
        "observability-token",
        |g| format!("glsa_{}_{}", g.text(ALNUM, 32), g.text(HEX, 8)),
        ANYWHERE,
    ),
    ("sentry-token", |g| format!("sntrys_{}", g.text(BASE64, 120)), ANYWHERE),
    (
        "cloudflare-token",
        |g| format!("v1.0-{}-{}", g.text(HEX, 24), g.text(HEX, 146)),
        ANYWHERE,
    ),
    ("doppler-token", |g| format!("dp.pt.{}", g.text(ALNUM, 43)), ANYWHERE),
    (
        "age-key",
        |g| format!("AGE-SECRET-KEY-1{}", g.text(UPPER, 58)),
        ANYWHERE,
    ),
    ("host-token", |g| format!("pscale_tkn_{}", g.text(URL64, 43)), ANYWHERE),
    (
        "host-token",
        |g| format!("tskey-auth-k{}CNTRL-{}", g.text(ALNUM, 9), g.text(ALNUM, 32)),
        ANYWHERE,
    ),
    (
        "atlassian-token",
        |g| format!("ATATT3xFfGF0{}={}", g.text(URL64, 160), g.text(UPPER, 8)),
        ANYWHERE,
    ),
    (
        "ci-token",
        |g| format!("{}{}", g.pick(&["sqp_", "squ_"]), g.text(HEX, 40)),
        ANYWHERE,
    ),
    (
        "saas-token",
        |g| format!("PMAK-{}-{}", g.text(HEX, 24), g.text(HEX, 34)),
        ANYWHERE,
    ),
    (
        "airtable-token",
        |g| format!("pat{}.{}", g.text(ALNUM, 14), g.text(HEX, 64)),
        ANYWHERE,
    ),
    ("cloud-key", |g| format!("LTAI5t{}", g.text(ALNUM, 18)), ANYWHERE),
    (
        "social-token",
        |g| format!("AAAAAAAAAAAAAAAAAAAAA{}%3D{}", g.text(ALNUM, 40), g.text(ALNUM, 44)),
        ANYWHERE,
    ),
    (
        "jwt",
        |g| format!("eyJhbGciOiJIUzI1NiJ9.eyJ{}.{}", g.text(URL64, 60), g.text(URL64, 43)),
        ANYWHERE,
    ),
    ("password-hash", |g| format!("$2b$12${}", g.text(ALNUM, 53)), ANYWHERE),
];

/// Formats that need their surroundings; the value alone is the secret.
pub(super) const NAMED: &[Format] = &[
    (
        "aws-session-token",
        |g| g.text(HEX, 64),
        &["GET https://bucket.s3.amazonaws.com/a.tgz?X-Amz-Date=20250704T143209Z&X-Amz-Signature={} 403"],
    ),
    (
        "azure-sas",
        |g| format!("{}%3D", g.text(ALNUM, 43)),
        &[
            "PUT https://x.blob.core.windows.net/c/b?sv=2024-05-04&sr=b&sig={}&se=2025-07-04",
            "url: \"https://x.blob.core.windows.net/c?sp=r\\u0026sig={}\"",
        ],
    ),
    (
        "azure-key",
        |g| format!("{}==", g.text(BASE64, 86)),
        &["DefaultEndpointsProtocol=https;AccountName=devstore;AccountKey={};EndpointSuffix=core.windows.net"],
    ),
    (
        "webhook",
        |g| format!("T{}/B{}/{}", g.text(UPPER, 9), g.text(UPPER, 10), g.text(ALNUM, 24)),
        &[
            "POST https://hooks.slack.com/services/{} 404",
            "curl -X POST -d '{\"text\":\"x\"}' https://hooks.slack.com/services/{}",
        ],
    ),
    (
        "webhook",
        |g| format!("{}/{}", g.text("123456789", 18), g.text(URL64, 68)),
        &["error sending to https://discord.com/api/webhooks/{}: 401"],
    ),
    (
        "telegram-token",
        |g| format!("{}:{}", g.text("123456789", 9), g.text(URL64, 35)),
        &["GET https://api.telegram.org/bot{}/getMe failed"],
    ),
    (
        "heroku-key",
        Generator::uuid,
        &["HEROKU_API_KEY={}", "heroku_key: '{}'"],
    ),
    (
        "datadog-key",
        |g| g.text(HEX, 32),
        &["DD_API_KEY={} not valid", "datadog.api-key: {}"],
    ),
    (
        "sentry-token",
        |g| g.text(HEX, 32),
        &[
            "dsn https://{}@o449.ingest.sentry.io/5433",
            "SENTRY_DSN: https://{}@sentry.example.test/2",
        ],
    ),
    (
        "cloudflare-token",
        |g| g.text(URL64, 40),
        &["CLOUDFLARE_API_TOKEN={}", "cloudflare_token = \"{}\""],
    ),
    (
        "url-credentials",
        |g| format!("deploy:{}", g.password().replace(['@', '%', '#', '+', '^', '*'], "x")),
        &[
            "fatal: unable to access 'https://{}@git.example.test/o/r.git/': 403",
            "DATABASE_URL=postgres://{}@db.example.test:5432/app?sslmode=require",
            "connecting to mongodb+srv://{}@cluster0.example.test/app",
            "redis.exceptions.ConnectionError: redis://{}@cache:6379/0",
            "proxy = http://{}@proxy.example.test:3128",
        ],
    ),
    (
        "url-credentials",
        |g| g.text(ALNUM, 40),
        &["Cloning into 'https://{}@git.example.test/o/r.git'"],
    ),
    (
        "url-credentials",
        Generator::password_only,
        &["amqp://:{}@queue:5672 refused"],
    ),
    (
        "authorization",
        |g| format!("{}==", g.text(BASE64, 38)),
        &[
            "> Authorization: Basic {}",
            "curl: -H \"authorization: basic {}\"",
            "{'Authorization': 'Basic {}', 'Accept': '*/*'}",
            "AUTHORIZATION: basic {}",
        ],
    ),
    (
        "authorization",
        |g| g.text(URL64, 43),
        &[
            "Authorization: Bearer {}",
            "\"authorization\":[\"Bearer {}\"]",
            "authorization=Bearer {}",
            "Authorization: token {}",
            "headers={\\\"Authorization\\\":\\\"Bearer {}\\\"}",
        ],
    ),
    (
        "authorization",
        |g| g.text(HEX, 64),
        &["Authorization: AWS4-HMAC-SHA256 Credential=x/20250704/eu/s3/aws4_request, SignedHeaders=host, Signature={}"],
    ),
    (
        "bearer",
        |g| g.text(URL64, 43),
        &["sending bearer {} to api", "http: Bearer {}"],
    ),
    (
        "cookie",
        |g| g.text(URL64, 43),
        &[
            "< Set-Cookie: session={}; Path=/; HttpOnly",
            "Cookie: theme=dark; sid={}",
            "\"cookie\": \"_gh_sess={}\"",
        ],
    ),
    (
        "command-line",
        Generator::password_only,
        &[
            "+ curl -sSf -u deploy:{} https://api.example.test/v1",
            "docker login -u robot -p {} registry.example.test",
            "mysql -h db -u root -p{} app",
            "sshpass -p '{}' ssh deploy@host",
            "redis-cli -h cache -a {} ping",
            "openssl rsa -in key.pem -passin pass:{}",
            "htpasswd -bc users.txt robot {}",
            "echo {} | docker login --username robot --password-stdin",
        ],
    ),
    (
        "netrc",
        Generator::password_only,
        &[
            "machine api.example.test login robot password {}",
            "default login robot password {}",
        ],
    ),
    (
        "password",
        Generator::password_only,
        &[
            "POSTGRES_PASSWORD={}",
            "  DB_PASSWORD: {}",
            "password: {}",
            "export MYSQL_PWD={}",
            "spring.datasource.password={}",
            "{\"user\":\"x\",\"password\":\"{}\"}",
            "psql: connecting with user=app password={} host=db",
            "--password {} --verbose",
            "--password={}",
            "Server=db;User Id=sa;Password={};Encrypt=true",
            "<password>{}</password>",
            "passwd = '{}'",
            "  :password => \"{}\",",
            "config: {password: {}, user: app}",
            "DbConfig { user: \"a\", password: \"{}\" }",
            "\\\"password\\\":\\\"{}\\\"",
            "GPG_PASSPHRASE={}",
            "login failed for userPassword={}",
            "ENV ADMIN_PASSWORD {}",
            "$env:SQL_PASSWORD = \"{}\"",
            "https://x.example/cb?user=a&password={}&x=1",
        ],
    ),
    (
        "secret",
        |g| g.text(BASE64, 40),
        &[
            "AWS_SECRET_ACCESS_KEY={}",
            "aws_secret_access_key = {}",
            "\"SecretAccessKey\": \"{}\",",
            "client_secret={}&grant_type=x",
            "JWT_SECRET: {}",
            "webhook-secret: {}",
            "clientSecret: '{}'",
        ],
    ),
    (
        "token",
        |g| g.text(ALNUM, 32),
        &[
            "API_TOKEN={}",
            "  CODECOV_TOKEN: {}",
            "--token {}",
            "token: {}",
            "\"access_token\":\"{}\"",
            "//registry.example.test/:_authToken={}",
            "X-Auth-Token: {}",
            "PRIVATE-TOKEN: {}",
            "https://x.example/api?access_token={}",
            "token=\"{}\"",
            "GH_PAT={}",
            "refreshToken: Some(\"{}\")",
            "\u{1b}[33mtoken\u{1b}[0m=\u{1b}[31m{}\u{1b}[0m",
        ],
    ),
    (
        "key",
        |g| g.text(HEX, 40),
        &[
            "API_KEY={}",
            "x-api-key: {}",
            "\"apiKey\": \"{}\"",
            "?api_key={}",
            "ENCRYPTION_KEY={}",
            "secretKey=\"{}\"",
            "storage_key: {}",
            "Ocp-Apim-Subscription-Key: {}",
        ],
    ),
    (
        "credential",
        |g| g.text(ALNUM, 28),
        &["credentials={}", "REGISTRY_CREDENTIALS={}"],
    ),
];
