//! The JVM: Maven, Gradle, JUnit, TestNG, Ant, Kotlin, Scala and sbt, Clojure and Leiningen.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, summary, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "jvm",
    rules: RULES,
};

const RULES: &[Rule] = &[
    test(9, "<<< ", r"^(?:\[ERROR\] )?(?P<test>\S.*?)\s+(?:--\s+)?Time elapsed: .*<<< (?:FAILURE|ERROR)!", "[ERROR] a.BTest.c  Time elapsed: 0 s  <<< FAILURE!", "Tests run: 3").of("surefire"),
    summary(5, "<<< ", r"Tests run: .*<<< (?:FAILURE|ERROR)!", "[ERROR] Tests run: 3, Failures: 1, Errors: 0 <<< FAILURE! - in a.B", "Tests run: 3, Failures: 0").of("surefire"),
    summary(8, "[error]", r"^\[ERROR\]\s{2,4}(?P<test>[\w$.]+(?:\[.*?\])?[.:]\w[\w$]*(?:\(.*?\))?(?::\d+)?(?:->\S+)*):?\d* (?P<message>\S.*)", "[ERROR]   FooTest.bar:19 expected: <1> but was: <2>", "[ERROR] Failed to execute").of("surefire"),
    summary(7, "»", r"^\s{0,3}(?:\[ERROR\]\s+)?[\w$.]+[.:].* » ", "  FooTest.bar:77 » NullPointer", "a » b").of("surefire"),
    test(9, " failed", r"^(?P<test>[\w$.]+(?: > .+)+) FAILED\s*$", "FooTest > bar() FAILED", "> Task :test FAILED").of("gradle"),
    test(8, "*** failed ***", r"^(?:\[info\]\s+)?(?:- )?(?P<test>\S.*?) \*\*\* FAILED \*\*\*", "[info] - adds two *** FAILED ***", "FAILED").of("scalatest"),
    test(8, "[error]", r"^\[error\] (?:Test |x |! )(?P<test>\S.*)", "[error] Test a.B.c failed: expected 1", "[error] x").of("sbt"),
    cause(9, "error|exception|failure", r"^(?:\[ERROR\]\s+)?\s*(?:Caused by: )?(?P<message>(?:[a-z][\w$]*\.)+[A-Z][\w$]*(?:Error|Exception|Failure|Failed|Invocations|Interaction|Wanted\w*)\b(?::.*| at .*)?)$", "java.lang.NoClassDefFoundError: org/mockito/X", "import java.lang.Exception;"),
    cause(9, "opentest4j|assertionerror|comparisonfailure|assertionfailederror", r"(?:opentest4j|AssertionError|ComparisonFailure|AssertionFailedError)", "org.opentest4j.AssertionFailedError: expected: <2> but was: <3>", "opentest").is(Category::AssertionFailure),
    cause(7, "caused by:", r"^\s*(?:\[\w+\]\s+)?Caused by: \S", "Caused by: java.lang.NullPointerException", "caused by rain"),
    cause(8, "exception in thread", r#"^Exception in thread "[^"]*" "#, "Exception in thread \"main\" java.lang.X", "Exception in x").is(Category::RuntimeError),
    cause(9, "error:", r"^\s*(?:\[\w+\] )?(?P<path>\S+\.(?:java|groovy|scala)):(?P<line>\d+): error: (?P<message>.*)", "/w/A.java:10: error: cannot find symbol", "A.java:10: warning: x").of("javac").is(Category::BuildCompile),
    cause(9, "[error]", r"^\[ERROR\] (?P<path>/\S+\.(?:java|kt|groovy|scala)):\[(?P<line>\d+),\d+\] (?P<message>.*)", "[ERROR] /w/A.java:[10,5] cannot find symbol", "[ERROR] COMPILATION ERROR :").of("maven").is(Category::BuildCompile),
    cause(9, "e: ", r"^e: (?:file://)?(?P<path>\S+\.kts?):? ?\(?(?P<line>\d+)", "e: /w/A.kt: (3, 5): Unresolved reference: x", "e: no").of("kotlinc").is(Category::BuildCompile),
    cause(9, "[error]", r"^\[error\] (?P<path>\S+\.(?:scala|java)):(?P<line>\d+)(?::\d+)?: (?P<message>.*)", "[error] /w/A.scala:6:35: object utils is not a member", "[error] Total time: 3 s").of("scalac").is(Category::BuildCompile),
    cause(9, "could not resolve|could not find artifact|could not transfer|failed to collect|could not find", r"(?:Could not resolve (?:dependencies|all|\S+:\S+:)|Could not find artifact|Could not transfer artifact|Failed to collect dependencies|Could not find \S+:\S+:|Non-resolvable)", "Could not find artifact a:b:jar:1 in central", "found").of("maven").is(Category::Dependency),
    cause(7, "failed to execute goal", r"^\[ERROR\] Failed to execute goal (?P<code>\S+) .*", "[ERROR] Failed to execute goal a:b:1:c (d) on project e: x", "Failed to execute").of("maven"),
    cause(7, "what went wrong|execution failed for task|a problem occurred", r"^(?:Execution failed for task '(?P<code>[^']+)'|A problem occurred (?:evaluating|configuring) )", "Execution failed for task ':test'.", "Task :test").of("gradle"),
    cause(7, "> ", r"^\s*> (?P<message>(?:Compilation|There|The following|Could not|Cannot|Failed|Process|No |A |Unable|Unresolved|java|Type|Invalid|Checkstyle|Plugin|.*(?:not found|violations|failed|error)).*)", "> The following files had format violations:", "> Task :compileJava UP-TO-DATE").of("gradle"),
    cause(8, "[warn]|[error]", r"^\[(?:ERROR|WARN|WARNING)\] (?:\S+/)?(?P<path>\S+\.(?:java|xml|kt)):(?P<line>\d+)(?::\d+)?: (?P<message>.*) \[(?P<code>\w+)\]", "[ERROR] src/A.java:3:1: Missing a Javadoc comment. [JavadocMethod]", "[WARN] x").of("checkstyle").is(Category::LintFormat),
    cause(8, "missing header|format violations|checkstyle|spotless", r"Missing header in: |had format violations|You have \d+ Checkstyle violations|Unapproved license|Too many files with unapproved", "[WARNING] Missing header in: /w/A.java", "header").is(Category::LintFormat),
    cause(8, "unsupported class|invalid target release|invalid source release|requires java|unsupportedclassversion|release version", r"(?:invalid (?:target|source) release|UnsupportedClassVersionError|release version \d+ not supported|requires? (?:at least )?(?:Java|JDK))", "Fatal error compiling: invalid target release: 17", "release").is(Category::Config),
    cause(8, "outofmemoryerror|gc overhead", r"OutOfMemoryError|GC overhead limit exceeded", "java.lang.OutOfMemoryError: Java heap space", "memory").is(Category::MemoryError),
    cause(8, "the forked vm|crashed", r"The forked VM terminated|ExecutionException The forked VM|A fatal error has been detected by the Java", "The forked VM terminated without properly saying goodbye.", "forked").is(Category::Crash),
    test(7, "test", r"^(?:FAIL|ERROR) in \(?(?P<test>[\w.*+!?<>=/-]+)", "FAIL in (my-test) (core_test.clj:12)", "ERROR in x.js:").of("clojure.test"),
    cause(7, "expected:|actual:", r"^\s*(?:expected|actual): \S", "expected: (= 1 2)", "as expected: x").is(Category::AssertionFailure),
    test(7, "[junit]|failed", r"^\s*\[junit\] (?:Test(?:case|suite)?:? (?P<test>\S+).*(?:FAILED|Caused)|.*FAILED)", "    [junit] Testcase: testA took 0.1 sec FAILED", "[junit] Tests run: 3").of("ant"),
    cause(9, "binary incompatib|method ", r"^\[error\]\s+\* ", "[error]  * method x in class Y does not have a correspondent", "[error] x").of("mima").is(Category::BuildCompile),
    symptom(4, "taskexecutionexception|mojoexecutionexception|mojofailureexception|buildexception|gradleexception|some enforcer rules|verificationexception", r"(?:TaskExecutionException|Mojo(?:Execution|Failure)Exception|LifecycleExecutionException|BuildException|GradleException|VerificationException|Some Enforcer rules have failed)", "org.gradle.api.tasks.TaskExecutionException: Execution failed for task ':test'.", "exception"),
    symptom(2, "there are test failures|there were failing tests|build failure|see the report", r"(?:There (?:are|were) (?:test failures|failing tests)|BUILD FAIL(?:URE|ED)|See the report at)", "[INFO] BUILD FAILURE", "BUILD SUCCESS"),
    symptom(1, "[error]", r"^\[ERROR\]\s*(?:$|->|\[Help|Re-run|To see|After|For more|Please refer|See |The following|Tests run|COMPILATION ERROR|Errors:|Failures:|mvn )", "[ERROR] -> [Help 1]", "[ERROR] a.b").of("maven"),
    symptom(2, " failed", r"^> Task :\S+ FAILED|^:\S+ FAILED", "> Task :test FAILED", "FooTest > bar FAILED").of("gradle"),
    symptom(1, "try:|run with --|get more help", r"^(?:> |\* )?(?:Try:|Run with --|Get more help|Exception is:|Where:|What went wrong:)", "* Try:", "Trying"),
    noise("[info]|[debug]", r"^\[(?:INFO|DEBUG)\] (?:Tests run: \d+, Failures: 0, Errors: 0|Running |Download|Compiling|Building|---|Copying|Installing|Adding)", "[INFO] Running a.ErrorTest", "[INFO] BUILD FAILURE"),
    noise("tests run:", r"Tests run: \d+, Failures: 0, Errors: 0", "Tests run: 3, Failures: 0, Errors: 0, Skipped: 0", "Tests run: 3, Failures: 1, Errors: 0"),
    noise("passed", r"^.+ > .+ (?:PASSED|SKIPPED|STANDARD_\w+)\s*$", "ErrorTest > fails() PASSED", "ErrorTest > fails() FAILED"),
    noise("[info] - |[info] + ", r"^\[info\]\s+[-+] [^*]*$", "[info] - fails on error", "[info] - x *** FAILED ***"),
];
