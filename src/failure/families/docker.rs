//! Docker, BuildKit, compose, Kubernetes, Helm.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom};

pub(super) const FAMILY: Family = Family {
    name: "docker",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(8, ".go:0", r"^[EF]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ \S+\.go:\d+\] (?P<message>\S.*)", "E1121 21:29:20.515834   26408 run.go:72] \x22command failed\x22 err=\x22no such file\x22", "I1121 21:29:20.515834   26408 run.go:72] x").of("kubernetes"),
    cause(10, "the connection to the server", r"^The connection to the server \S+ was refused", "The connection to the server 127.0.0.1:6443 was refused - did you specify", "the connection").of("kubectl").is(Category::NetworkError),
    cause(9, "cannot connect to podman|error: building at step|error: creating build", r"^Error: (?P<message>(?:building at STEP|creating build|Cannot connect to Podman).*)", "Error: building at STEP \x22RUN make\x22: while running runtime: exit status 2", "Error: x").of("buildah").is(Category::BuildCompile),
    cause(9, "error building image|error pushing image|checking push permissions", r"^error (?:building image|pushing image|checking push permissions): (?P<message>.*)", "error building image: error building stage: failed to execute command: waiting for process to exit: exit status 2", "building").of("kaniko").is(Category::BuildCompile),
    cause(9, "invalid reference format|no build stage in current context|unknown instruction", r"invalid reference format|no build stage in current context|unknown instruction: ", "dockerfile parse error on line 3: unknown instruction: RUNN", "reference").of("docker").is(Category::Config),
    cause(9, "is invalid: |failed validation: ", r"^(?P<path>\S+) - (?P<message>\w+ \S+ is invalid: .*|.*failed validation: .*)", "k8s/a.yaml - Deployment web is invalid: problem validating schema.", "a - b").of("kubeconform").is(Category::Config),
    cause(9, "denied: |unauthorized: |no basic auth", r"denied: (?:requested access|permission|installation not allowed)|^unauthorized: |no basic auth credentials|unauthorized: authentication required", "denied: requested access to the resource is denied", "denied x").of("docker").is(Category::PermissionAuth),
    cause(9, "port is already allocated|bind: address already", r"port is already allocated|bind: address already in use", "Bind for 0.0.0.0:80 failed: port is already allocated", "port").of("docker").is(Category::Infrastructure),
    cause(9, "accumulating resources|no matches for kind|strict decoding error", r"^[Ee]rror: (?:accumulating resources|.*no matches for (?:kind|Id)|.*strict decoding error)", "Error: accumulating resources: accumulation err='x'", "resources").of("kustomize").is(Category::Config),
    cause(9, "not found|failed to resolve source metadata", r"failed to resolve source metadata for|^(?:#\d+ )?ERROR: [\w./-]+:[\w.-]+: not found$", "ERROR: docker.io/library/node:99: not found", "found").of("docker").is(Category::Dependency),
    cause(9, "dependency failed to start|is unhealthy|failed to initialize container|one or more containers failed", r"dependency failed to start: container|container \S+ is unhealthy|Failed to initialize container|One or more containers failed to start", "dependency failed to start: container a-db-1 is unhealthy", "healthy").of("docker").is(Category::Infrastructure),
    cause(10, "template: |nil pointer evaluating|parse error at", r"template: \S+:\d+:\d+: executing|parse error at \(\S+:\d+\)|nil pointer evaluating", "Error: template: a/b.yaml:14:24: executing \x22x\x22", "template").of("helm").is(Category::Config),
    cause(
        7,
        "failed to solve|failed to build|executor failed|did not complete successfully",
        r"failed to solve: |failed to build: ",
        "ERROR: failed to solve: golang:9: not found",
        "solved",
    )
    .of("docker"),
    cause(
        9,
        "toomanyrequests|pull rate limit",
        r"toomanyrequests|pull rate limit",
        "toomanyrequests: You have reached your pull rate limit.",
        "pull",
    )
    .of("docker")
    .is(Category::RateLimit),
    cause(
        9,
        "manifest unknown|manifest for|pull access denied|not found: manifest|repository does not exist",
        r"manifest (?:unknown|for .* not found)|pull access denied|repository does not exist",
        "pull access denied for x, repository does not exist",
        "manifest",
    )
    .of("docker")
    .is(Category::Dependency),
    cause(
        8,
        "cannot connect to the docker daemon|error response from daemon|docker daemon",
        r"Cannot connect to the Docker daemon|Error response from daemon: (?P<message>.*)",
        "Error response from daemon: Conflict.",
        "daemon",
    )
    .of("docker")
    .is(Category::Infrastructure),
    cause(
        8,
        "failed to compute cache key|copy failed|dockerfile",
        r"failed to compute cache key|COPY failed|Dockerfile:\d+|dockerfile parse error|failed to read dockerfile",
        "COPY failed: no source files were specified",
        "COPY x",
    )
    .of("docker")
    .is(Category::FileAccess),
    cause(
        7,
        "the command '/bin/sh|returned a non-zero code",
        r"^The command '.*' returned a non-zero code",
        "The command '/bin/sh -c make' returned a non-zero code: 2",
        "command",
    )
    .of("docker"),
    cause(
        8,
        "crashloopbackoff|imagepullbackoff|errimagepull|oomkilled|evicted|failedscheduling",
        r"CrashLoopBackOff|ImagePullBackOff|ErrImagePull|OOMKilled|FailedScheduling",
        "pod/x ImagePullBackOff",
        "Running",
    )
    .of("kubernetes")
    .is(Category::Infrastructure),
    cause(
        8,
        "error from server|unable to recognize|error validating",
        r"^Error from server|error validating \x22|unable to recognize \x22",
        "Error from server (NotFound): pods x",
        "server",
    )
    .of("kubectl")
    .is(Category::Config),
    cause(
        8,
        "upgrade failed|install failed|installation failed|helm",
        r"^Error: (?:UPGRADE|INSTALLATION|INSTALL) FAILED",
        "Error: UPGRADE FAILED: timed out",
        "UPGRADE",
    )
    .of("helm")
    .is(Category::Infrastructure),
    symptom(
        3,
        "did not complete successfully|executor failed",
        r"did not complete successfully: exit code|executor failed running",
        "ERROR: failed to solve: process \"x\" did not complete successfully: exit code: 1",
        "completed",
    )
    .of("docker"),
    symptom(
        2,
        "error: ",
        r"^ERROR: Service '\S+' failed to build|^#\d+ ERROR: (?:process|executor)",
        "ERROR: Service 'a' failed to build",
        "ERROR: x",
    )
    .of("compose"),
    noise(
        "#",
        r"^#\d+ (?:DONE|CACHED|sha256|extracting|resolve)",
        "#12 DONE 3.4s",
        "#12 ERROR: x",
    ),
];
