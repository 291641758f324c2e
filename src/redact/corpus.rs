//! Planted secrets: made by a seeded generator and put together at run time, so that no scanner finds one in the
//! sources; and for every format a near miss that must stay.

/// A small generator (xorshift64*): the same seed gives the same corpus on every machine.
pub(super) struct Generator(u64);

pub(super) const HEX: &str = "0123456789abcdef";
pub(super) const LOWER: &str = "0123456789abcdefghijklmnopqrstuvwxyz";
pub(super) const UPPER: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
pub(super) const ALNUM: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
pub(super) const BASE64: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz+/";
pub(super) const URL64: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_";

impl Generator {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33;
        usize::try_from(high).unwrap() % limit
    }

    pub(super) fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }

    /// `length` characters of an alphabet; the ends are letters or digits, as in issued tokens.
    pub(super) fn text(&mut self, alphabet: &str, length: usize) -> String {
        let letters: Vec<char> = alphabet.chars().collect();
        let inner = |generator: &mut Self| letters[generator.below(letters.len())];
        let mut text: Vec<char> = (0..length).map(|_| inner(self)).collect();
        for at in [0, length - 1] {
            while !text[at].is_ascii_alphanumeric() {
                text[at] = inner(self);
            }
        }
        text.into_iter().collect()
    }

    pub(super) fn uuid(&mut self) -> String {
        let parts: Vec<String> = [8, 4, 4, 4, 12]
            .into_iter()
            .map(|length| self.text(HEX, length))
            .collect();
        parts.join("-")
    }

    /// A password as managers make them, for places where quotes and blanks end a value.
    pub(super) fn password(&mut self) -> String {
        let length = 12 + self.below(12);
        let mut text = self.text(
            "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!@%^*_+-",
            length,
        );
        text.push(char::from(b'2' + u8::try_from(self.below(8)).unwrap()));
        text
    }
}

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

impl Generator {
    /// As [`Generator::password`], without signs that a shell or URL would want quoted.
    fn password_only(&mut self) -> String {
        self.password().replace(['@', '%', '!', '*', '^', '+'], "x")
    }
}

/// For every format something that looks a little like it and is nobody's secret.
pub(super) const NEAR_MISSES: &[(&str, &str)] = &[
    (
        "private-key",
        "could not find -----BEGIN PRIVATE KEY----- in key.pem: no start line",
    ),
    (
        "github-token",
        "the prefix ghp_ marks personal tokens, ghs_ those of apps",
    ),
    ("gitlab-token", "tokens start with glpat- on that server"),
    (
        "aws-access-key",
        "test AKIA_prefix_is_checked ... ok, ASIA region skipped",
    ),
    ("aws-session-token", "header X-Amz-Date=20250704T143209Z accepted"),
    ("google-key", "keys begin with AIza and tokens with ya29."),
    ("azure-sas", "sig=short in the query was refused"),
    ("azure-key", "AccountKey=<key> is missing in the connection string"),
    ("azure-secret", "FAQ~ is not a section"),
    ("azure-devops-token", "suite AZDO pipelines: 12 passed"),
    ("slack-token", "strip xoxb- and xoxp- from names"),
    ("webhook", "POST https://hooks.slack.com/services/ returned 404"),
    (
        "discord-token",
        "org.example.service.module.Handler.handle(Handler.java:42)",
    ),
    ("telegram-token", "at 12:AA in the /bot command"),
    ("stripe-key", "sk_test_ keys are allowed in test mode"),
    ("twilio-key", "SKIPPED 3 tests, ACCEPTED 4"),
    ("sendgrid-key", "SG.Mail.Send is deprecated"),
    (
        "mail-key",
        "Cache restored from key: node-key-9f86d081884c7d659a2feaa0c55ad015-linux",
    ),
    (
        "npm-token",
        "npm_config_registry=https://registry.example.test npm_lifecycle_event=test",
    ),
    (
        "pypi-token",
        "key: Linux-build-cache-pypi-modules-1a184bde04a16a515eeccd5e9f373265f026270d180ef4f6",
    ),
    ("crates-token", "precious associations with suspicious sociology"),
    ("rubygems-key", "rubygems_version 3.4.10 is older than required"),
    ("nuget-key", "copy2clipboard and oy2 are fine"),
    ("package-key", "AKCp is no word"),
    ("docker-token", "dckr_pat_ is the prefix of those tokens"),
    ("huggingface-token", "cannot load hf_transformer_model_from_checkpoint"),
    ("anthropic-key", "sk-ant- is how those keys start"),
    ("openai-key", "use sk-learn-contrib-lightning-examples instead"),
    ("model-service-key", "gsk_alignment_matrix_builder_with_padding passed"),
    ("shopify-token", "shpat_ missing in the form"),
    (
        "square-token",
        "EAAccessControlListEntryForTheWholeOrganisationUnitTests passed",
    ),
    ("payment-key", "AQEduct and EZAKimono compile"),
    ("digitalocean-token", "dop_v1_ expected"),
    (
        "heroku-key",
        "Deployed to heroku app 3f2a9c1e-1111-4222-8333-944445555666",
    ),
    ("databricks-token", "dapi.dll not found"),
    ("terraform-token", "expected .atlasv1. in the middle"),
    ("vault-token", "hvs.example.org has no address"),
    ("linear-key", "lin_api_client::new called twice"),
    (
        "notion-token",
        "secret_manager_client_initialisation_failed_because_of_missing_configuration",
    ),
    ("figma-token", "figd_ expected"),
    ("newrelic-key", "JOURNAL and NRALarm"),
    ("datadog-key", "datadog agent key file not found"),
    ("observability-token", "glc_matrix_multiplication is slow"),
    (
        "sentry-token",
        "sentry release 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b uploaded",
    ),
    ("cloudflare-token", "cloudflare token verification passed"),
    ("doppler-token", "dp.st is a state, dp.pt a point"),
    ("age-key", "keys look like AGE-SECRET-KEY-1…"),
    ("host-token", "pul-request opened, rnd_seed fixed"),
    ("atlassian-token", "ATBBREAK is no token"),
    ("ci-token", "API-COMPATIBILITY-CHECK passed, sqa_team notified"),
    ("saas-token", "api-gateway-3f2a9c1e restarted"),
    ("airtable-token", "patches.patch applied to path.dependency"),
    ("cloud-key", "t1.micro is too small, AKIDs follow"),
    ("social-token", "padding AAAAAAAAAAAAAAAAAAAAAAAA"),
    ("jwt", "tokens start with eyJ because of the brace"),
    (
        "url-credentials",
        "git@github.com:octo/ship.git and ssh://git@github.com/octo/ship.git and http://localhost:3000/@vite/client",
    ),
    (
        "authorization",
        "Authorization: Bearer *** was refused; authorization: required",
    ),
    (
        "bearer",
        "bearer authentication-is-required here; basic understanding assumed",
    ),
    ("cookie", "Cookie: none; cookie consent banner shown"),
    (
        "command-line",
        "curl -u \"$USER:$PASSWORD\" https://x.example && docker login -u x --password-stdin && docker run -p 8080:80 app",
    ),
    ("netrc", "machine learning login page password reset"),
    ("password-hash", "costs $2 or $2b at most, $6$ is a prefix"),
];
