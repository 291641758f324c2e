//! Infrastructure as code and cloud command lines: Terraform, Pulumi, CloudFormation, aws, gcloud, az.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, symptom};

pub(super) const FAMILY: Family = Family {
    name: "terraform",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(11, "│ ", r"^│ (?P<message>[A-Z][^:]*\b(?:must|needs?|should|cannot|could not|can't|not|required|failed|unsupported|invalid|expected|declared|undefined|unknown|does ?n[o']t|no)\b.*)", "│ The cluster needs an odd number of replicas, got 2.", "│ Error: Invalid reference").of("terraform").is(Category::Config),
    cause(11, "│ ", r"^│ (?P<message>(?:An? (?:managed|data|input|argument|local|block)|This (?:object|value|character)|The given|Blocks of type|Module|Provider)\b.*)", "│ A managed resource \x22x\x22 \x22y\x22 has not been declared in the", "│ Warning: x").of("terraform").is(Category::Config),
    symptom(0, "does not declare a variable named|is deprecated|deprecated", r"^│ .*(?:does not declare a variable named|deprecated)", "│ The root module does not declare a variable named \x22x\x22 but a value was", "│ x").of("terraform"),
    cause(10, " (terraform_| (aws_| (azurerm_| (google_", r"^(?:Error|Warning|Notice): (?P<message>.*) \((?P<code>\w+_\w+)\)$", "Warning: variable \x22a\x22 is declared but not used (terraform_unused_declarations)", "Error: x").of("tflint").is(Category::LintFormat),
    cause(9, "error: ", r"^\s+error: (?P<message>(?:deleting|creating|updating|Running program|Preview failed|could not|no resource|unable|failed).*)", "    error: Running program '/w' failed with an unhandled exception:", "error: x").of("pulumi").is(Category::Config),
    cause(9, "when calling the ", r"^(?:An error occurred \((?P<code>\w+)\) when calling the \w+ operation.*|.*\bAn error occurred \(\w+\) when calling.*)", "An error occurred (ValidationError) when calling the CreateStack operation: No updates", "an error occurred").of("aws"),
    cause(9, "error: (", r"^ERROR: \((?P<code>[A-Z]\w+)\) (?P<message>.*)", "ERROR: (AuthorizationFailed) The client does not have authorization", "ERROR: x").of("az"),
    cause(9, "error: ", r"^\s*(?:│|╷|\|)\s*Error: (?P<message>.*)", "│ Error: Invalid reference", "│ Warning: x").of("terraform").is(Category::Config),
    cause(8, "error acquiring the state lock|state lock|error locking state", r"Error acquiring the state lock|Error locking state", "Error: Error acquiring the state lock", "state").of("terraform").is(Category::Infrastructure),
    cause(7, " on ", r"^\s*(?:│\s+)?on (?P<path>\S+\.tf(?:vars)?) line (?P<line>\d+)", "│   on main.tf line 3, in resource \"x\" \"y\":", "on main").of("terraform"),
    cause(8, "expiredtoken|accessdenied|invalidclienttokenid|unrecognizedclient|could not assume role|credentials|not authorized to perform|insufficient authentication|permission_denied", r"(?:ExpiredToken|AccessDenied(?:Exception)?|InvalidClientTokenId|UnrecognizedClient|Could not assume role|Unable to locate credentials|Could not load credentials|is not authorized to perform|Request had insufficient authentication|PERMISSION_DENIED)", "An error occurred (AccessDenied) when calling", "credential").is(Category::PermissionAuth),
    cause(9, "cannot resolve variable|cannot resolve serverless", r"Cannot resolve (?:variable at|serverless)", "✖ Error: Cannot resolve variable at \x22a.b\x22: Value not found", "resolve").of("serverless").is(Category::Config),
    cause(8, "throttlingexception|throttling: rate|requestlimitexceeded|resource_exhausted", r"ThrottlingException|RequestLimitExceeded|Throttling: Rate exceeded|RESOURCE_EXHAUSTED", "ThrottlingException: Rate exceeded", "throttle").is(Category::RateLimit),
    cause(7, "create_failed|update_failed|rollback|delete_failed", r"\b(?:CREATE|UPDATE|DELETE)_FAILED\b|ROLLBACK_(?:COMPLETE|IN_PROGRESS)", "UPDATE_FAILED AWS::Lambda::Function", "CREATE_COMPLETE").of("cloudformation").is(Category::Infrastructure),
    cause(7, "error: (gcloud", r"^ERROR: \(gcloud\.\S+\) (?P<message>.*)", "ERROR: (gcloud.run.deploy) PERMISSION_DENIED", "ERROR: x").of("gcloud"),
];
