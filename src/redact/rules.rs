//! The token formats: one list, one entry a format.
//!
//! An entry is run only on lines that hold one of its anchors (exact spelling unless `any_case`). The secret is what
//! the capture groups hold, or the whole match. Every entry has its planted sample and its near miss in `corpus.rs`.

use std::ops::Range;

use super::value;

/// One format of secrets.
pub(super) struct Rule {
    /// The word in the marker.
    pub(super) kind: &'static str,
    /// What it is, for people.
    pub(super) about: &'static str,
    pub(super) trigger: Trigger,
    /// Do the anchors count in any letter case?
    pub(super) any_case: bool,
    pub(super) pattern: &'static str,
    /// The last word: the line and where the secret would be.
    pub(super) accept: fn(&str, Range<usize>) -> bool,
}

/// What makes a rule worth running on a line.
#[derive(Clone, Copy)]
pub(super) enum Trigger {
    /// One of these texts is in the line.
    Anchors(&'static [&'static str]),
    /// For formats without fixed text: a cheap look.
    Probe(fn(&str) -> bool),
}

const fn rule(
    kind: &'static str,
    about: &'static str,
    anchors: &'static [&'static str],
    pattern: &'static str,
) -> Rule {
    Rule {
        kind,
        about,
        trigger: Trigger::Anchors(anchors),
        any_case: false,
        pattern,
        accept: always,
    }
}

impl Rule {
    const fn any_case(mut self) -> Self {
        self.any_case = true;
        self
    }

    const fn when(mut self, accept: fn(&str, Range<usize>) -> bool) -> Self {
        self.accept = accept;
        self
    }

    const fn probe(mut self, probe: fn(&str) -> bool) -> Self {
        self.trigger = Trigger::Probe(probe);
        self
    }
}

/// The formats, the most telling first: where two match the same text the earlier one names it.
pub(super) const RULES: &[Rule] = &[
    rule("private-key", "a PEM, OpenSSH or PGP private key on one line, as JSON and environment files carry it",
        &["PRIVATE KEY"],
        r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----((?:[A-Za-z0-9+/=:,.\s-]|\\+[nr])*?)(?:-----END|[^A-Za-z0-9+/=:,.\s\\-]|$)").when(key_body),
    rule("github-token", "GitHub personal, OAuth, app, installation and refresh tokens",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_"],
        r"gh[pousr]_[A-Za-z0-9_]{20,}(?:[.-][A-Za-z0-9_-]{8,})*|github_pat_[A-Za-z0-9_]{20,}"),
    rule("gitlab-token", "GitLab personal, project, deploy, runner, trigger and feed tokens",
        &["glpat-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "gloas-", "glsoat-", "glffct-", "GR1348941"],
        r"gl(?:pat|dt|rtr?|cbt|ptt|ft|imt|agent|oas|soat|ffct)-[A-Za-z0-9_-]{16,}(?:\.[A-Za-z0-9_-]{2,})*|GR1348941[A-Za-z0-9_-]{16,}"),
    rule("aws-access-key", "AWS access key ids, permanent and temporary",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        r"(?-u:\b)(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?-u:\b)"),
    rule("aws-session-token", "AWS session tokens, Bedrock keys and presigned query parameters",
        &["FwoGZXIvYXdz", "FQoGZXIvYXdz", "IQoJb3JpZ2lu", "ABSKQmVkcm9ja", "X-Amz-"],
        r"((?:F[wQ]oGZXIvYXdz|IQoJb3JpZ2lu|ABSKQmVkcm9ja)[A-Za-z0-9/+=%]{20,})|X-Amz-(?:Signature|Security-Token|Credential)=([^&\s\x22'<>]{8,})"),
    rule("google-key", "Google API keys, OAuth client secrets, access and refresh tokens, signed URLs",
        &["AIza", "ya29.", "GOCSPX-", "1//0", "X-Goog-Signature="],
        r"AIza[A-Za-z0-9_-]{30,}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,}|(?-u:\b)1//0[A-Za-z0-9_-]{30,}|X-Goog-Signature=[0-9a-f]{32,}"),
    rule("azure-sas", "the signature of an Azure shared access URL",
        &["sig="],
        r"(?:[?&;]|u0026)sig=([A-Za-z0-9%+/=_-]{16,})"),
    rule("azure-key", "Azure account keys in connection strings",
        &["AccountKey", "SharedAccessKey", "SharedSecret"],
        r"(?i)(?:AccountKey|SharedAccessKey|SharedSecretValue)=([A-Za-z0-9+/]{20,}={0,2})").any_case(),
    rule("azure-secret", "client secrets of Microsoft Entra applications",
        &["Q~"],
        r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{25,40}"),
    rule("azure-devops-token", "personal access tokens of Azure DevOps",
        &["AZDO"],
        r"(?-u:\b)[A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4}(?-u:\b)"),
    rule("slack-token", "Slack bot, user, app and configuration tokens",
        &["xoxa-", "xoxb-", "xoxc-", "xoxd-", "xoxe-", "xoxe.", "xoxo-", "xoxp-", "xoxr-", "xoxs-", "xapp-"],
        r"xox[abcdeoprs][.-][A-Za-z0-9.%+/-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{10,}"),
    rule("webhook", "incoming webhooks of Slack, Discord and Microsoft Teams: whoever knows the address may post",
        &["hooks.slack.com/", "/api/webhooks/", "webhook.office.com/"],
        r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9/_+-]{16,})|/api/webhooks/([0-9]{5,25}/[A-Za-z0-9_-]{20,})|webhook\.office\.com/webhookb2/([A-Za-z0-9@/_-]{20,})"),
    rule("discord-token", "Discord bot tokens",
        &[],
        r"(?-u:\b)[A-Za-z0-9_-]{23,30}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,45}").probe(six_between_dots).when(random),
    rule("telegram-token", "Telegram bot tokens",
        &[":AA", "/bot"],
        r"(?-u:\b)([0-9]{8,10}:AA[A-Za-z0-9_-]{30,})|/bot([0-9]{6,12}:[A-Za-z0-9_-]{20,})"),
    rule("stripe-key", "Stripe secret and restricted keys, webhook secrets",
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "sk_prod_", "rk_prod_", "whsec_"],
        r"[sr]k_(?:live|test|prod)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9+/=_-]{20,}"),
    rule("twilio-key", "Twilio account and key ids",
        &["SK", "AC"],
        r"(?-u:\b)(?:SK|AC)[0-9a-f]{32}(?-u:\b)"),
    rule("sendgrid-key", "SendGrid API keys",
        &["SG."],
        r"(?-u:\b)SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}"),
    rule("mail-key", "keys of the mail services Mailgun, Mailchimp and Brevo",
        &["key-", "-us1", "-us2", "-us3", "-us4", "-us5", "-us6", "-us7", "-us8", "-us9", "xkeysib-", "xsmtpsib-"],
        r"(?:^|[^A-Za-z0-9_-])(key-[0-9a-f]{32})(?-u:\b)|(?-u:\b)([0-9a-f]{32}-us[0-9]{1,2})(?-u:\b)|(x(?:key|smtp)sib-[0-9a-f]{32,}-[A-Za-z0-9]{8,})"),
    rule("npm-token", "npm access tokens",
        &["npm_"],
        r"npm_[A-Za-z0-9]{30,}"),
    rule("pypi-token", "PyPI upload tokens",
        &["pypi-"],
        r"(?:^|[^A-Za-z0-9_-])(pypi-[A-Za-z0-9_-]{40,})").when(random),
    rule("crates-token", "crates.io tokens",
        &["cio"],
        r"(?-u:\b)cio[A-Za-z0-9]{32}(?-u:\b)").when(random),
    rule("rubygems-key", "RubyGems API keys",
        &["rubygems_"],
        r"rubygems_[0-9a-f]{40,}"),
    rule("nuget-key", "NuGet API keys",
        &["oy2"],
        r"(?-u:\b)oy2[a-z0-9]{43}(?-u:\b)"),
    rule("package-key", "upload keys of Clojars, JFrog and Cloudsmith registries",
        &["CLOJARS_", "AKCp", "cmVmdGtuO"],
        r"CLOJARS_[a-z0-9]{40,}|(?-u:\b)AKCp[A-Za-z0-9]{40,}|(?-u:\b)cmVmdGtuO[A-Za-z0-9+/=]{40,}"),
    rule("docker-token", "Docker Hub personal and organisation tokens",
        &["dckr_pat_", "dckr_oat_"],
        r"dckr_[po]at_[A-Za-z0-9_-]{20,}"),
    rule("huggingface-token", "Hugging Face tokens",
        &["hf_", "api_org_"],
        r"(?-u:\b)(?:hf|api_org)_[A-Za-z0-9]{30,}"),
    rule("anthropic-key", "Anthropic API and session keys",
        &["sk-ant-"],
        r"sk-ant-[A-Za-z0-9_-]{20,}"),
    rule("openai-key", "OpenAI keys and those of services that copy their form",
        &["sk-"],
        r"(?-u:\b)sk-(?:[a-z0-9]{2,10}-)*[A-Za-z0-9_-]{20,}").when(random),
    rule("model-service-key", "keys of Groq, Replicate, Perplexity, xAI, Fireworks and NVIDIA",
        &["gsk_", "r8_", "pplx-", "xai-", "fw_", "nvapi-"],
        r"(?-u:\b)(?:gsk_|r8_|pplx-|xai-|fw_)[A-Za-z0-9]{20,}|nvapi-[A-Za-z0-9_-]{40,}").when(random),
    rule("shopify-token", "Shopify access tokens and shared secrets",
        &["shpat_", "shpca_", "shppa_", "shpss_", "shptka_"],
        r"shp(?:at|ca|pa|ss|tka)_[A-Fa-f0-9]{32,}"),
    rule("square-token", "Square tokens and OAuth secrets, and Meta access tokens, which start alike",
        &["sq0atp-", "sq0csp-", "sq0idp-", "EAA"],
        r"sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{20,}|(?-u:\b)EAA[A-Za-z0-9_-]{50,}").when(random_after_start),
    rule("payment-key", "keys of Flutterwave, Razorpay, Adyen, Braintree and EasyPost",
        &["FLWSECK", "rzp_live_", "rzp_test_", "AQE", "access_token$production$", "access_token$sandbox$", "EZAK", "EZTK"],
        r"FLWSECK(?:_TEST)?-[A-Za-z0-9]{12,}(?:-X)?|rzp_(?:live|test)_[A-Za-z0-9]{14,}|(?-u:\b)AQE[a-z]hm[A-Za-z0-9+/=]{40,}|access_token\$(?:production|sandbox)\$[a-z0-9]{16}\$[0-9a-f]{32}|(?-u:\b)EZ[AT]K[A-Za-z0-9]{50,}"),
    rule("digitalocean-token", "DigitalOcean personal, OAuth and refresh tokens",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        r"do[opr]_v1_[a-f0-9]{32,}"),
    rule("heroku-key", "Heroku API keys, also in their older form, a UUID after the name",
        &["HRKU-", "heroku"],
        r"(?i)HRKU-[A-Za-z0-9_-]{30,}|heroku[a-z0-9_. -]{0,32}[\x22']?\s{0,4}(?:=>|[:=])\s{0,4}[\x22']?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}").any_case(),
    rule("databricks-token", "Databricks tokens",
        &["dapi", "dkea", "dose"],
        r"(?-u:\b)(?:dapi|dkea|dose)[0-9a-f]{32}(?:-[0-9]+)?(?-u:\b)"),
    rule("terraform-token", "HCP Terraform and Terraform Enterprise tokens",
        &[".atlasv1."],
        r"[A-Za-z0-9]{10,}\.atlasv1\.[A-Za-z0-9_=-]{30,}"),
    rule("vault-token", "Vault service, batch and recovery tokens",
        &["hvs.", "hvb.", "hvr."],
        r"(?-u:\b)hv[sbr]\.[A-Za-z0-9_-]{20,}"),
    rule("linear-key", "Linear API and OAuth keys",
        &["lin_api_", "lin_oauth_"],
        r"lin_(?:api|oauth)_[A-Za-z0-9]{30,}"),
    rule("notion-token", "Notion integration tokens",
        &["ntn_", "secret_"],
        r"(?-u:\b)(?:ntn|secret)_[A-Za-z0-9]{40,}").when(random),
    rule("figma-token", "Figma tokens",
        &["figd_", "figu_", "figo_", "figoh_", "figor_"],
        r"fig(?:d|u|o|oh|or)_[A-Za-z0-9_-]{30,}"),
    rule("newrelic-key", "New Relic user, ingest, browser and licence keys",
        &["NRAK-", "NRJS-", "NRII-", "NRIQ-", "NRRA-", "NRAA-", "NRSP-", "NRAL", "NRBR-"],
        r"NR(?:AK|JS|II|IQ|RA|AA|SP|BR)-[A-Za-z0-9_-]{16,}|(?-u:\b)[0-9a-zA-Z]{30,36}NRAL(?-u:\b)"),
    rule("datadog-key", "Datadog keys: hexadecimal digits after the name",
        &["datadog", "dd_api", "dd-api", "dd.api", "dd_app", "dd-app", "ddapi"],
        r"(?i)(?:datadog|(?-u:\b)dd)[a-z0-9_.-]{0,24}key[\x22']?\s{0,4}(?:=>|[:=])\s{0,4}[\x22']?([0-9a-f]{32,40})(?-u:\b)").any_case(),
    rule("observability-token", "tokens of Grafana, Honeycomb, Dynatrace and PostHog",
        &["glsa_", "glc_", "hcaik_", "hcalk_", "dt0c01.", "dt0s", "phx_"],
        r"glsa_[A-Za-z0-9]{20,}(?:_[A-Fa-f0-9]{8})?|glc_[A-Za-z0-9+/]{30,}={0,2}|hca[il]k_[A-Za-z0-9_]{20,}|dt0[cs][0-9]{2}\.[A-Z0-9]{20,}\.[A-Z0-9]{40,}|(?-u:\b)phx_[A-Za-z0-9]{30,}"),
    rule("sentry-token", "Sentry tokens and the key in a DSN",
        &["sntrys_", "sntryu_", "sntryr_", "sntrya_", "sntryi_", "sentry"],
        r"(sntry[a-z]_[A-Za-z0-9_=+/-]{20,})|://([0-9a-f]{32}(?::[0-9a-f]{32})?)@[A-Za-z0-9.-]*sentry").any_case(),
    rule("cloudflare-token", "Cloudflare tokens, origin keys, and forty characters after the name",
        &["v1.0-", "cfut_", "cfat_", "cfk_", "cloudflare", "cf_api"],
        r"(?i)(v1\.0-[0-9a-f]{24}-[0-9a-f]{64,})|(cf(?:ut|at|k)_[A-Za-z0-9]{30,})|(?:cloudflare|cf)[a-z0-9_.-]{0,24}(?:key|token|secret)[\x22']?\s{0,4}(?:=>|[:=])\s{0,4}[\x22']?([A-Za-z0-9_-]{36,45})(?-u:\b)").any_case().when(random),
    rule("doppler-token", "Doppler tokens",
        &["dp."],
        r"(?-u:\b)dp\.(?:pt|st|ct|sa|scim|audit)\.(?:[a-z0-9_-]{1,35}\.)?[A-Za-z0-9]{20,}"),
    rule("age-key", "age secret keys",
        &["AGE-SECRET-KEY-"],
        r"(?i)AGE-SECRET-KEY-(?:PQ-)?1[A-Z0-9]{20,}").any_case(),
    rule("host-token", "tokens of Fly, Supabase, Netlify, PlanetScale, Pulumi, Tailscale, Vercel, Render and Railway",
        &["fo1_", "fm1_", "fm2_", "fm1r_", "sbp_", "sb_secret_", "nfp_", "pscale_", "pul-", "tskey-", "vcp_", "vck_", "rnd_"],
        r"(?-u:\b)(?:fo1_[A-Za-z0-9_-]{30,}|fm(?:1|2|1r)_[A-Za-z0-9+/=_-]{30,}|sbp_[0-9a-f]{32,}|sb_secret_[A-Za-z0-9_-]{20,}|nfp_[A-Za-z0-9]{30,}|pscale_(?:tkn|pw|oauth)_[A-Za-z0-9=._-]{20,}|pul-[0-9a-f]{40}|tskey-[a-z]+-[A-Za-z0-9]+-[A-Za-z0-9]{16,}|vc[pk]_[A-Za-z0-9]{24,}|rnd_[A-Za-z0-9]{24,})").when(random),
    rule("atlassian-token", "Atlassian and Bitbucket tokens and app passwords",
        &["ATATT3", "ATCTT3", "ATBB"],
        r"AT[AC]TT3[A-Za-z0-9_=-]{30,}|(?-u:\b)ATBB[A-Za-z0-9]{24,}"),
    rule("ci-token", "tokens of Buildkite, CircleCI, SonarQube, Prefect, Sourcegraph and Octopus",
        &["bkua_", "bkaj_", "bkct_", "CCIPAT_", "CCIPRJ_", "sqp_", "squ_", "sqa_", "sgp_", "pnu_", "API-"],
        r"bk(?:ua|aj|ct)_[A-Za-z0-9]{30,}|CCIP(?:AT|RJ)_[A-Za-z0-9]{16,}_[0-9a-f]{32,}|(?-u:\b)sq[pua]_[0-9a-f]{40}|sgp_(?:[A-Za-z0-9]+_)?[0-9a-f]{40}|pnu_[A-Za-z0-9]{30,}|(?-u:\b)API-[A-Z0-9]{26}(?-u:\b)").when(random),
    rule("saas-token", "tokens of Postman, HubSpot, Dropbox, LaunchDarkly, Contentful, Typeform and 1Password",
        &["PMAK-", "pat-na", "pat-eu", "sl.u.", "sl.A", "sl.B", "sdk-", "api-", "mob-", "CFPAT-", "tfp_", "ops_eyJ"],
        r"PMAK-[0-9a-f]{24}-[0-9a-f]{34}|(?-u:\b)pat-(?:na|eu)[0-9]-[0-9a-f]{8}-[0-9a-f-]{27}|(?-u:\b)sl\.(?:u\.)?[A-Za-z0-9_-]{60,}|(?-u:\b)(?:sdk|mob|api)-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|CFPAT-[A-Za-z0-9_-]{40,}|tfp_[A-Za-z0-9_]{40,}|ops_eyJ[A-Za-z0-9_=-]{50,}"),
    rule("airtable-token", "Airtable personal access tokens",
        &[],
        r"(?-u:\b)pat[A-Za-z0-9]{14}\.[0-9a-f]{64}(?-u:\b)").probe(digest_after_dot),
    rule("cloud-key", "key ids of Alibaba, Tencent, Yandex, Oracle and IBM clouds",
        &["LTAI", "AKID", "AQVN", "t1.", "y0_"],
        r"(?-u:\b)LTAI[A-Za-z0-9]{12,30}(?-u:\b)|(?-u:\b)AKID[A-Za-z0-9]{32}(?-u:\b)|(?-u:\b)AQVN[A-Za-z0-9_-]{35,38}|(?-u:\b)t1\.[A-Za-z0-9_-]{20,}=*\.[A-Za-z0-9_-]{60,}|(?-u:\b)y0_[A-Za-z0-9_-]{40,}").when(random),
    rule("social-token", "bearer tokens of X, keys of Twitch and LinkedIn applications",
        &["AAAAAAAA", "WPL_AP1."],
        r"(?-u:\b)A{16,}[A-Za-z0-9%]{40,}|WPL_AP1\.[A-Za-z0-9=.]{16,}").when(random),
    rule("jwt", "JSON web tokens, signed or encrypted",
        &["eyJ"],
        r"eyJ[A-Za-z0-9_-]{8,}={0,2}\.[A-Za-z0-9_-]{8,}={0,2}(?:\.[A-Za-z0-9_-]+={0,2})*"),
    rule("url-credentials", "user and password in a URL, database connection strings among them",
        &["://"],
        r"://([^\s/?#\x22'<>`]{1,600})@").when(user_info),
    rule("authorization", "the value of an Authorization header",
        &["authorization"],
        r"(?i)authorization\\?[\x22']?\s{0,4}(?:=>|[:=,])\s{0,4}\[?\\?[\x22']?(?:(?:digest|aws4-hmac-sha256|oauth|hawk|signature)\s+([^\r\n]{8,}?)[\x22']?$|(?:(?:bearer|basic|token|negotiate|ntlm|bot|apikey|api-key|ssws|key|bearer:)\s+)?([^\s\x22'\\,]{6,}))").any_case().when(credential),
    rule("bearer", "a bearer or basic credential outside its header",
        &["bearer", "basic"],
        r"(?i)(?-u:\b)(?:bearer|basic)\s+([A-Za-z0-9._~+/=:-]{16,})").any_case().when(random),
    rule("cookie", "cookies sent and set",
        &["cookie"],
        r"(?i)(?-u:\b)(?:set-)?cookie2?\\?[\x22']?\s{0,4}[:=]\s{0,4}\\?[\x22']?([A-Za-z0-9_.%!$-]{1,80}=[^\r\n\x22']{4,})").any_case().when(cookie),
    rule("command-line", "passwords given to curl, docker, mysql, sshpass, redis-cli, openssl, htpasswd and net use",
        &["curl ", "wget ", " login ", "mysql", "sshpass ", "redis-cli ", "pass:", "htpasswd "],
        r"(?-u:\b)(?:curl|wget)\s(?:[^\n;|]{0,600}?\s)?(?:-u|--user)[ =]?[\x22']?[^\s\x22':]{0,120}:([^\s\x22']{3,})|(?-u:\b)(?:docker|podman|oras|helm|buildah|skopeo)\s(?:[^\n;|&]{0,200}?\s)?login\s(?:[^\n;|&]{0,300}?\s)?-p[ =]?[\x22']?([^\s\x22'-][^\s\x22']{2,})|(?-u:\b)mysql(?:dump|admin|import|check)?\s(?:[^\n;|&]{0,300}?\s)?-p([^\s\x22'=]{3,})|(?-u:\b)sshpass\s+-p\s?[\x22']?([^\s\x22']{3,})|(?-u:\b)redis-cli\s(?:[^\n]{0,300}?\s)?-a\s+[\x22']?([^\s\x22']{3,})|(?-u:\b)pass(?:in|out)?(?:\s|=)pass:([^\s\x22']{3,})|(?-u:\b)htpasswd\s+-[A-Za-z]*b[A-Za-z]*\s+(?:\S+\s+){1,2}([^\s\x22']{3,})$|(?-u:\b)echo\s+[\x22']?([^\s\x22'|$]{6,})[\x22']?\s*\|\s*(?:docker|podman|oras|helm|buildah|skopeo)\s(?:[^\n]{0,200}?\s)?login").when(argument),
    rule("netrc", "passwords of a netrc file",
        &["password", "passwd"],
        r"(?i)(?:(?:machine\s+\S{1,200}|default)\s+login|^\s*login)\s+\S{1,200}\s+password\s+(\S{3,})").any_case().when(argument),
    rule("password-hash", "crypt, bcrypt and argon2 hashes",
        &["$2", "$1$", "$5$", "$6$", "$y$", "$argon2", "$scrypt$", "$apr1$"],
        r"\$2[abxy]?\$[0-9]{2}\$[./A-Za-z0-9]{50,}|\$(?:1|5|6|y|apr1)\$[^\s$:]{1,64}\$[./A-Za-z0-9$]{20,}|\$argon2(?:id|i|d)\$[^\s$]{1,40}(?:\$[^\s$]{1,120}){1,4}"),
];

fn always(_line: &str, _at: Range<usize>) -> bool {
    true
}

fn random(line: &str, at: Range<usize>) -> bool {
    line.get(at).is_some_and(value::is_random)
}

/// As [`random`], where a start of `EAA` alone says little.
fn random_after_start(line: &str, at: Range<usize>) -> bool {
    line.get(at)
        .is_some_and(|secret| !secret.starts_with("EAA") || value::is_random(secret))
}

/// The text after the name of a credential, or after a command's flag: whatever is not plainly something else.
fn argument(line: &str, at: Range<usize>) -> bool {
    line.get(at).is_some_and(|secret| !value::is_benign(secret))
}

/// The value of a header that carries credentials: prose about the header is left alone.
fn credential(line: &str, at: Range<usize>) -> bool {
    line.get(at)
        .is_some_and(|secret| !value::is_benign(secret) && !value::is_word(secret))
}

fn cookie(line: &str, at: Range<usize>) -> bool {
    let secret = line.get(at).unwrap_or_default();
    let (_, value) = secret.split_once('=').unwrap_or_default();
    !value::is_benign(value)
}

/// `user:password`, or a lone token in the place of the user.
fn user_info(line: &str, at: Range<usize>) -> bool {
    let after = line.get(at.end..).unwrap_or_default();
    if after.starts_with("@sha256:") || after.starts_with("@sha512:") {
        return false;
    }
    let text = line.get(at).unwrap_or_default();
    match text.split_once(':') {
        Some((user, "")) => value::is_random(user),
        Some((user, password)) => !value::is_benign(password) || value::is_random(user),
        None => text.len() >= 16 && value::is_random(text),
    }
}

/// At least one long run of Base64: the words of a sentence about keys have none.
fn key_body(line: &str, at: Range<usize>) -> bool {
    let body = line.get(at).unwrap_or_default();
    body.split(|c: char| !(c.is_ascii_alphanumeric() || c == '+' || c == '/'))
        .any(|run| run.len() >= 24)
}

/// A dot and then hexadecimal digits that do not end soon.
fn digest_after_dot(line: &str) -> bool {
    let bytes = line.as_bytes();
    memchr::memchr_iter(b'.', bytes).any(|at| {
        bytes
            .get(at + 1..at + 65)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

/// Two dots with six characters between them.
fn six_between_dots(line: &str) -> bool {
    let bytes = line.as_bytes();
    memchr::memchr_iter(b'.', bytes).any(|at| bytes.get(at + 7) == Some(&b'.') && at >= 20)
}
