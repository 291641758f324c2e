//! .NET: csc, MSBuild, NuGet, dotnet test, xUnit, NUnit, PowerShell and Pester.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "dotnet",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(9, "error cs|error fs|error bc|error ca|error sa|error ide|error rz|error xunit", r"(?P<path>[^\s(]+\.\w+)\((?P<line>\d+)(?:,\d+)*\): error (?P<code>(?:CS|FS|BC|CA|SA|IDE|RZ|xUnit)\d+): (?P<message>.*)", "/w/A.cs(3,5): error CS0103: The name 'x' does not exist", "warning CS0168").of("csc").is(Category::BuildCompile),
    cause(8, "error msb|error netsdk", r"error (?P<code>(?:MSB|NETSDK)\d+): (?P<message>.*)", "error MSB4018: The task failed", "MSB").of("msbuild").is(Category::BuildCompile),
    cause(9, "error nu|unable to find package|nu1", r"error (?P<code>NU\d{4}): (?P<message>.*)|Unable to find package", "error NU1101: Unable to find package X", "NU").of("nuget").is(Category::Dependency),
    test(8, "[fail]|failed ", r"^\s*(?:\[xUnit[^\]]*\]\s+)?(?P<test>[\w.+<>]+(?:\(.*\))?) \[FAIL\]|^\s*(?:X|Failed) (?P<name>[\w.]+\S*(?:\(.*\))?) (?:\[.*\]|\()", "  Failed A.B.C [12 ms]", "Failed: 0").of("dotnet test"),
    cause(9, "assert.", r"^\s*Assert\.\w+(?:\(\)|(?: failed)) ?", "   Assert.Equal() Failure", "message").of("dotnet test").is(Category::AssertionFailure),
    symptom(3, "error message:", r"^\s*Error Message:", "   Error Message:", "message"),
    cause(10, "error whitespace|error imports|error charset|error finalnewline|error ide", r"(?P<path>[^\s(]+\.\w+)\((?P<line>\d+)(?:,\d+)*\): error (?P<code>WHITESPACE|IMPORTS|CHARSET|FINALNEWLINE|ENDOFLINE|IDE\d+): (?P<message>.*)", "/w/A.cs(14,5): error WHITESPACE: Fix whitespace formatting.", "error CS0103").of("dotnet format").is(Category::LintFormat),
    cause(7, "expected:|actual:|but was:", r"^\s*(?:Expected|Actual|But was)\s*: ", "Expected: 1", "expected").is(Category::AssertionFailure),
    cause(8, "unhandled exception", r"^Unhandled [Ee]xception[.:]", "Unhandled exception. System.NullReferenceException: x", "unhandled").is(Category::RuntimeError),
    cause(8, "system.", r"^\s*(?:---> )?(?P<code>System(?:\.\w+)*Exception)\b", "System.IO.FileNotFoundException: x", "System.Text"),
    cause(7, "+ categoryinfo|fullyqualifiederrorid", r"^\s*\+ (?:CategoryInfo|FullyQualifiedErrorId)", "    + CategoryInfo          : NotSpecified", "Category").of("powershell"),
    cause(7, "is not recognized as", r"is not recognized as (?:the name of|an internal)", "'x' is not recognized as an internal or external command", "recognized").is(Category::FileAccess),
    test(8, "[-]", r"^\s*\[-\] (?P<test>.*)", "  [-] fails to add 12ms", "[+] ok").of("pester"),
    symptom(2, "build failed.|error(s)", r"^Build FAILED\.|^\s*[1-9]\d* Error\(s\)", "Build FAILED.", "Build succeeded."),
    noise("[+]", r"^\s*\[\+\] ", "  [+] throws an error 12ms", "[-] x"),
    noise("0 error(s)", r"\b0 Error\(s\)", "    0 Error(s)", "10 Error(s)"),
];
