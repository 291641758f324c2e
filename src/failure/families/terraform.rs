//! Infrastructure as code and cloud command lines: Terraform, Pulumi, CloudFormation, aws, gcloud, az.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom};

pub(super) const FAMILY: Family = Family {
    name: "terraform",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(9, "error: ", r"^\s*(?:│|╷|\|)\s*Error: (?P<message>.*)", "│ Error: Invalid reference", "│ Warning: x").of("terraform").is(Category::Config),
    cause(8, "error acquiring the state lock|state lock", r"Error acquiring the state lock|Error locking state", "Error: Error acquiring the state lock", "state").of("terraform").is(Category::Infrastructure),
    cause(7, " on ", r"^\s*(?:│\s+)?on (?P<path>\S+\.tf(?:vars)?) line (?P<line>\d+)", "│   on main.tf line 3, in resource \"x\" \"y\":", "on main").of("terraform"),
    cause(8, "expiredtoken|accessdenied|invalidclienttokenid|unrecognizedclient|could not assume role|credentials", r"(?:ExpiredToken|AccessDenied(?:Exception)?|InvalidClientTokenId|UnrecognizedClient|Could not assume role|Unable to locate credentials|Could not load credentials|is not authorized to perform|Request had insufficient authentication|PERMISSION_DENIED)", "An error occurred (AccessDenied) when calling", "credential").is(Category::PermissionAuth),
    cause(9, "cannot resolve variable|cannot resolve serverless", r"Cannot resolve (?:variable at|serverless)", "✖ Error: Cannot resolve variable at \x22a.b\x22: Value not found", "resolve").of("serverless").is(Category::Config),
    cause(8, "throttling|requestlimitexceeded|quota", r"ThrottlingException|RequestLimitExceeded|Throttling: Rate exceeded|RESOURCE_EXHAUSTED", "ThrottlingException: Rate exceeded", "throttle").is(Category::RateLimit),
    cause(7, "create_failed|update_failed|rollback", r"\b(?:CREATE|UPDATE|DELETE)_FAILED\b|ROLLBACK_(?:COMPLETE|IN_PROGRESS)", "UPDATE_FAILED AWS::Lambda::Function", "CREATE_COMPLETE").of("cloudformation").is(Category::Infrastructure),
    cause(7, "error: (gcloud", r"^ERROR: \(gcloud\.\S+\) (?P<message>.*)", "ERROR: (gcloud.run.deploy) PERMISSION_DENIED", "ERROR: x").of("gcloud"),
];
