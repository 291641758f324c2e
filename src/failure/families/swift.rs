//! Swift and Objective-C: swiftc, xcodebuild, XCTest, CocoaPods, SwiftLint.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "swift",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(9, "error: ", r"^(?P<path>/?\S+\.(?:swift|mm?)):(?P<line>\d+)(?::\d+)?: error: (?P<message>.*)", "/w/A.swift:3:5: error: cannot find 'x' in scope", "A.swift: note").of("swiftc").is(Category::BuildCompile),
    cause(11, "error: -[|error: ", r"error: -?\[?(?P<test>[\w.]+[ .]\w+)\]? : ", "/w/T.swift:12: error: -[A.T testB] : XCTAssertEqual failed", "error: x").of("xctest").is(Category::AssertionFailure),
    test(8, "failed (", r"^Test Case '(?P<test>.*)' failed \(", "Test Case '-[A.T testB]' failed (0.1 seconds).", "Test Case 'x' passed").of("xctest"),
    cause(9, "xctassert|asynchronous wait failed|xctunwrap|xctfail", r"(?P<test>\w+, )?(?:XCT\w+ failed|Asynchronous wait failed|XCTFail)", "testX, XCTAssertTrue failed", "XCTest").of("xctest").is(Category::AssertionFailure),
    test(9, "✗", r"^\s*✗ (?P<test>\S.*)", "    ✗ testX, XCTAssertTrue failed", "✓ testY").of("xcpretty"),
    cause(9, "❌", r"^\s*❌\s+\S", "❌  /w/A.swift:3:5: cannot find x", "✅ ok").of("xcpretty").is(Category::BuildCompile),
    cause(9, "violation:", r"^(?P<path>\S+\.swift):(?P<line>\d+)(?::\d+)?: error: .*Violation: .*\((?P<code>\w+)\)", "/w/A.swift:3: error: Line Length Violation: x (line_length)", "warning").of("swiftlint").is(Category::LintFormat),
    cause(8, "xcodebuild: error|unable to find a destination|codesign", r"^xcodebuild: error: |Unable to find a (?:destination|device)|CodeSign error|No signing certificate|requires a (?:development team|provisioning profile)", "xcodebuild: error: Unable to find a destination", "xcodebuild").of("xcodebuild").is(Category::Config),
    cause(9, "no profiles for|provisioning profile|signing certificate", r"^(?:\S+: )?error: (?:No profiles for|No signing certificate|\S+ requires a provisioning profile|.*(?:provisioning profile|signing certificate|development team))", "error: No profiles for 'com.acme.shop' were found", "error: x").of("xcodebuild").is(Category::Config),
    cause(8, "[!]", r"^\[!\] \S", "[!] CocoaPods could not find compatible versions", "[!]").of("cocoapods").is(Category::Dependency),
    symptom(2, "** test failed|** build failed|** archive failed", r"^\*\* \w+ FAILED \*\*", "** TEST FAILED **", "** TEST SUCCEEDED **"),
    symptom(2, "the following build commands failed|failing tests", r"^(?:The following build commands failed|Failing tests):", "The following build commands failed:", "commands"),
    noise("passed (", r"^(?:Test (?:Case|Suite) '.*' (?:passed|started)|\s*✓ )", "Test Case '-[A.T testError]' passed (0.1 seconds).", "failed ("),
];
