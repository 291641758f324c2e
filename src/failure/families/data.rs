//! Data: databases and their clients, migrations, query linters, pipelines, notebooks, message brokers.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "data",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "error 0000 (", r"^ERROR \d{4} \([0-9A-Z]{5}\)(?: at line \d+)?: (?P<message>\S.*)", "ERROR 1452 (23000) at line 4: Cannot add or update a child row", "ERROR 1452").of("mysql"),
    // PostgreSQL.
    cause(10, ": error:  |^error:  |psql:", r"^psql:(?P<path>\S+?):(?P<line>\d+): (?:ERROR|FATAL): +(?P<message>.*)", "psql:sql/1.sql:4: ERROR:  could not create unique index \"a\"", "psql: ok").of("psql").is(Category::RuntimeError),
    cause(11, "syntax error at or near|syntax error at end", r"ERROR: +(?P<message>syntax error at (?:or near|end of input).*)", "psql:a.sql:4: ERROR:  syntax error at or near \"SELEC\"", "syntax").of("psql").is(Category::SyntaxError),
    cause(10, "error:  ", r"^ERROR:  (?P<message>\S.*)", "ERROR:  relation \"orders\" does not exist", "ERROR: x").of("psql").is(Category::RuntimeError),
    cause(11, "authentication failed for user|no pg_hba.conf entry|role \"|permission denied for|no password supplied|password authentication failed|scram authentication|peer authentication|ident authentication", r"(?:FATAL|ERROR): +(?:password authentication failed|no pg_hba\.conf entry|role \x22.*\x22 (?:does not exist|is not permitted)|permission denied for)|fe_sendauth: no password supplied|(?:Ident|Peer|SCRAM) authentication failed", "psql: error: connection to server at \"db\", port 5432 failed: FATAL:  password authentication failed for user \"ci\"", "authentication").of("psql").is(Category::PermissionAuth),
    cause(10, "connection to server", r"connection to server (?:at|on socket) \x22[^\x22]*\x22(?: \([^)]*\))?,? (?:port \d+ )?failed: (?P<message>.*)", "psql: error: connection to server at \"127.0.0.1\", port 5432 failed: Connection refused", "connection to server").of("psql").is(Category::NetworkError),
    cause(10, "database \"", r"FATAL: +database \x22[^\x22]+\x22 does not exist", "FATAL:  database \"shop_test\" does not exist", "database \"x\"").of("psql").is(Category::Config),
    cause(7, "detail: ", r"^(?:psql:\S+: )?DETAIL: +\S", "DETAIL:  Key (mail)=(a) is duplicated.", "detail").of("psql").is(Category::RuntimeError),
    symptom(2, "is the server running|hint: ", r"Is the server running (?:on|locally)|^HINT: ", "\tIs the server running on that host and accepting TCP/IP connections?", "hint").of("psql"),
    cause(9, "pg_restore: error|pg_dump: error|pg_dumpall: error|pg_ctl: error|pg_basebackup: error", r"^pg_(?:restore|dump|dumpall|ctl|basebackup): error: (?P<message>.*)", "pg_restore: error: could not execute query: ERROR:  x", "pg_dump: x").of("psql").is(Category::RuntimeError),
    // MySQL, MariaDB.
    cause(10, "error 0", r"^(?:mysql: |mysqldump: |ERROR: )?(?:\[\w+\] )?(?:Got error: |ERROR )(?P<code>1045|1044|1142|1227|1698)\b", "ERROR 1045 (28000): Access denied for user 'ci'@'localhost'", "ERROR 1064").of("mysql").is(Category::PermissionAuth),
    cause(10, "error 2", r"^(?:mysql: |mysqldump: |mysqladmin: )?(?:\[\w+\] )?(?:Got error: |ERROR )(?P<code>200[235]|2013|2026)\b", "ERROR 2002 (HY000): Can't connect to local MySQL server through socket", "ERROR 1064").of("mysql").is(Category::NetworkError),
    cause(10, "error 1064", r"\b(?:ERROR )?(?P<code>1064) ?\(42000\)", "ERROR 1064 (42000) at line 3: You have an error in your SQL syntax", "1064").of("mysql").is(Category::SyntaxError),
    cause(9, "error 0000 (", r"^ERROR (?P<code>\d{4}) \(\w{5}\)(?: at line (?P<line>\d+))?(?: in file: '[^']*')?: (?P<message>.*)", "ERROR 1146 (42S02) at line 3: Table 'shop.x' doesn't exist", "ERROR 11").of("mysql").is(Category::RuntimeError),
    // SQLite.
    cause(10, " near line ", r"^(?:Runtime error|Error:?) near line (?P<line>\d+): (?P<message>.*)", "Runtime error near line 54: FOREIGN KEY constraint failed (19)", "near line").of("sqlite").is(Category::RuntimeError),
    cause(10, "parse error near line", r"^Parse error near line (?P<line>\d+): (?P<message>.*)", "Parse error near line 3: near \"SELEC\": syntax error", "parse").of("sqlite").is(Category::SyntaxError),
    cause(9, "sqlite_|constraint failed|database is locked|no such table|no such column", r"\bSQLITE_(?:ERROR|BUSY|CONSTRAINT|CORRUPT|READONLY|CANTOPEN|LOCKED)\b|(?:UNIQUE|FOREIGN KEY|NOT NULL|CHECK) constraint failed|\bdatabase is locked\b|\bno such (?:table|column): ", "SqliteError: UNIQUE constraint failed: users.mail", "constraint").of("sqlite").is(Category::RuntimeError),
    // Other stores.
    cause(10, "wrongtype|noauth |noperm |misconf |clusterdown|noscript |(error) ", r"(?:^|[\s:>(])(?:\(error\) )?(?P<message>WRONGTYPE Operation .*)", "redis: incr q -> WRONGTYPE Operation against a key holding the wrong kind of value", "wrongtype").of("redis").is(Category::TypeError),
    cause(10, "noauth |noperm |wrongpass ", r"(?:^|[\s:>(])(?:NOAUTH Authentication required|NOPERM |WRONGPASS )", "(error) NOAUTH Authentication required.", "noauth").of("redis").is(Category::PermissionAuth),
    cause(9, "(error) |misconf |readonly you|clusterdown|oom command|noscript |loading redis", r"^\(error\) (?P<message>[A-Z]+ .*)|\b(?:MISCONF Redis|READONLY You can't|CLUSTERDOWN|OOM command not allowed|NOSCRIPT No matching|LOADING Redis)", "(error) ERR unknown command 'INCX'", "(error)").of("redis").is(Category::RuntimeError),
    cause(9, "could not connect to redis|error 000 connecting|error 00 connecting|error 0 connecting", r"^(?:E\s+)?(?:[\w.]+: )?(?:Could not connect to Redis at|Error \d+ connecting to \S+:\d+)", "Could not connect to Redis at 127.0.0.1:6379: Connection refused", "redis").of("redis").is(Category::NetworkError),
    cause(9, "mongoservererror|mongonetworkerror|e11000|serverselection|mongooseerror|mongoparseerror|mongobulkwrite", r"\b(?:MongoServerError|MongoBulkWriteError|MongoParseError|MongoNetworkError|MongooseError|MongoServerSelectionError|ServerSelectionTimeoutError)\b[:(]|\bE11000 duplicate key", "MongoServerError: E11000 duplicate key error collection: shop.users", "mongo").of("mongodb"),
    cause(9, "ora-0|pls-0|tns-0", r"\b(?P<code>(?:ORA|PLS|TNS)-\d{4,5}): (?P<message>.*)", "ORA-00942: table or view does not exist", "ORA").of("oracle").is(Category::RuntimeError),
    cause(9, "msg 0", r"^Msg (?P<code>\d+), Level \d+, State \d+", "Msg 208, Level 16, State 1, Server x, Line 3", "Msg 3").of("sqlcmd").is(Category::RuntimeError),
    cause(9, "code: 0", r"(?:^|[\s:])Code: (?P<code>\d+)\. DB::Exception: (?P<message>.*)", "Received exception from server (version 24.3.1): Code: 60. DB::Exception: Table x does not exist", "Code: 60").of("clickhouse").is(Category::RuntimeError),
    // Migrations and query linters.
    cause(10, "can't locate revision|multiple head revisions|target database is not up to date|new upgrade operations", r"Can't locate revision identified by|Multiple head revisions are present|Target database is not up to date|New upgrade operations detected", "alembic.util.exc.CommandError: Can't locate revision identified by 'ae10'", "revision").of("alembic").is(Category::Config),
    cause(9, "migration checksum mismatch|validate failed|detected failed migration|detected resolved migration|detected applied migration|more than one migration with", r"Migration checksum mismatch|Validate failed: |Detected (?:failed|resolved|applied) migration|More than one migration with version", "ERROR: Validate failed: Migrations have failed validation", "checksum").of("flyway").is(Category::Config),
    cause(8, "migration v0|script v0", r"^(?:Migration|Script) V[\w.]+\.sql failed", "Migration V3__users.sql failed", "migration x").of("flyway").is(Category::RuntimeError),
    cause(9, "migration failed for changeset|liquibaseexception|validation failed:|liquibase.exception|checksum was: ", r"Migration failed for changeset|liquibase\.exception\.\w+: |checksum was: .* but is now", "liquibase.exception.ValidationFailedException: Validation Failed:", "migration").of("liquibase").is(Category::Config),
    cause(10, "error: p0|error code: p0", r"\b(?:Error|error code): (?P<code>P[1-5]\d{3})\b", "Error: P1001: Can't reach database server at `db:5432`", "P1").of("prisma"),
    cause(10, "p1012|schema validation|error: error validating", r"^(?:Error code: P1012|error: Error validating\b.*|Error: Prisma schema validation)", "error: Error validating field `a` in model `B`: x", "schema").of("prisma").is(Category::Config),
    cause(9, "error: migration|error: while executing migration", r"^error: (?P<message>while executing migration.*|migration \d+ was previously applied.*)", "error: while executing migration 3: error returned from database: x", "migration").of("sqlx").is(Category::RuntimeError),
    cause(8, "dirty database version|error: migration failed", r"[Dd]irty database version|^error: migration failed", "error: Dirty database version 3. Fix and force version.", "dirty").of("migrate").is(Category::Config),
    cause(10, " p:  | p: 000", r"^L:\s*(?P<line>\d+) \| P:\s*\d+ \| +(?P<code>[A-Z]{2,3}\d*) \| (?P<message>\S.*)", "L:   2 | P:   1 | CP01 | Keywords must be consistently upper case.", "L: 2").of("sqlfluff").is(Category::LintFormat),
    symptom(2, "all finished!|] fail", r"^All Finished!?|^== \[\S+\] FAIL$", "All Finished!", "all finished"),
    // Pipelines and notebooks.
    cause(10, "missing input files for rule|missing output files|missingoutput|output files are missing|missing files", r"^(?:Missing input files for rule|MissingOutputException|Job \d+ completed successfully, but some output files are missing|Job Missing files)", "Missing input files for rule sort:", "missing input").of("snakemake").is(Category::FileAccess),
    cause(9, "exception in rule|exception in file|workflowerror|error in rule|error in file|error in line|exception in line", r"^(?:\w+Exception|WorkflowError|\w*Error) in (?:rule|file|line) ", "AmbiguousRuleException in rule sort in file /w/Snakefile, line 4:", "exception in").of("snakemake"),
    cause(10, "rules must be|are ambiguous|cyclic dependency|must have the same|is ambiguous|no rule to produce|wildcards in ", r"^Rules? .* (?:are|is) ambiguous for the file|^Cyclic dependency on rule|^Wildcards in (?:input|output|params|log)|^No rule to produce", "Rules a and b are ambiguous for the file out/x.", "ambiguous").of("snakemake").is(Category::Config),
    symptom(3, "error in rule|shutting down, this might|exiting because a job", r"^Error in rule \S+:$|^Shutting down, this might take|^Exiting because a job execution failed", "Error in rule sort:", "rule").of("snakemake"),
    cause(9, "error executing process|terminated with an error exit status|no such variable|missing output file(s)|terminated with an error|no such property", r"Error executing process > |^\s*Process `[^`]+` terminated with an error|Missing output file\(s\) `|^No such (?:variable|property|file)[: ]", "ERROR ~ Error executing process > 'ALIGN (1)'", "process").of("nextflow"),
    cause(10, " error in ", r"^\s*(?:[\d:]+\s+)?(?:Compilation|Parsing|Dependency) Error(?: in (?:model|test|macro|seed|snapshot|source) \S+.*)?$", "Compilation Error in model orders (models/orders.sql)", "Error in x").of("dbt").is(Category::BuildCompile),
    cause(9, " error in ", r"^\s*(?:[\d:]+\s+)?(?:Database|Runtime) Error in (?:model|test|macro|seed|snapshot|source) \S+", "  Database Error in model orders (models/orders.sql)", "Error in x").of("dbt").is(Category::RuntimeError),
    cause(10, "configured to fail if", r"Got \d+ results?, configured to fail if", "  Got 3 results, configured to fail if != 0", "results").of("dbt").is(Category::AssertionFailure),
    test(8, "failure in test", r"^\s*(?:[\d:]+\s+)?Failure in test (?P<test>\S+)", "Failure in test not_null_orders_id (models/schema.yml)", "failure in").of("dbt"),
    symptom(2, "done. pass=", r"Done\. PASS=\d+ WARN=\d+ ERROR=[1-9]", "Done. PASS=3 WARN=0 ERROR=1 SKIP=0 TOTAL=4", "Done.").of("dbt"),
    symptom(0, "cellexecutionerror|papermillexecutionerror|deadkernelerror", r"(?:CellExecutionError|DeadKernelError: Kernel died|PapermillExecutionError): ?(?:An error occurred.*)?$", "nbclient.exceptions.CellExecutionError: An error occurred while executing the following cell:", "cell").of("nbconvert"),
    cause(9, "kernel died", r"Kernel died(?: before|$)|DeadKernelError", "nbclient.exceptions.DeadKernelError: Kernel died", "kernel").of("nbconvert").is(Category::Crash),
    cause(9, "failed to reproduce|output '|missing-deps|error: failed to p|error: failed to fetch|missing data source|unable to find dvc", r"^ERROR: (?:failed to (?:reproduce|pull|push|fetch)|missing data source|output '.*' (?:is already|does not exist)|unable to find DVC)", "ERROR: failed to reproduce 'train': failed to run: python a.py, exited with 1", "reproduce").of("dvc"),
    // Queries and documents on the command line.
    cause(10, "jq: ", r"^jq: (?:error|\d+ compile error)[^:]*: (?P<message>(?:syntax error|parse error|.*compile|\S+/\d+ is not defined|Could not).*)", "jq: error: syntax error, unexpected '|' (Unix shell quoting issues?) at <top-level>, line 1:", "jq: x").of("jq").is(Category::SyntaxError),
    cause(11, "jq: error (at", r"^jq: error \(at [^)]*\): (?P<message>(?:Cannot|null|string|number|object|array|boolean).*)", "jq: error (at <stdin>:3): Cannot iterate over null (null)", "jq: error: x").of("jq").is(Category::TypeError),
    cause(10, "jq: ", r"^jq: (?P<message>parse error(?: \(at [^)]*\))?: .*)|^jq: error \(at [^)]*\): .*(?:while parsing|Invalid numeric literal)", "jq: parse error: Expected separator between values at line 3, column 5", "jq: x").of("jq").is(Category::SyntaxError),
    cause(6, "parse error: ", r"^(?P<message>parse error: .* at line (?P<line>\d+), column \d+)$", "parse error: Invalid numeric literal at line 1, column 10", "parse error: x").is(Category::SyntaxError),
    cause(10, "error: could not open", r"^jq: error: Could not open (?P<path>\S+): ", "jq: error: Could not open a.json: No such file or directory", "jq: x").of("jq").is(Category::FileAccess),
    symptom(1, "compile error", r"^jq: \d+ compile errors?$", "jq: 1 compile error", "compile error").of("jq"),
    cause(9, "error: bad file|error: yaml:|error: json", r"^Error: (?:bad file '|yaml: |json: )(?P<message>.*)", "Error: bad file 'a.yaml': yaml: line 3: did not find expected key", "Error: x").of("yq").is(Category::SyntaxError),
    cause(10, "parser error|validity error|namespace error", r"^(?P<path>\S+?):(?P<line>\d+): (?:parser error|namespace error|validity error|element \S+: (?:Schemas validity|validity|Relax-NG validity) error) ?: (?P<message>.*)", "a.xml:14: parser error : Opening and ending tag mismatch: a line 3 and b", "parser error").of("xmllint").is(Category::SyntaxError),
    symptom(2, "fails to validate", r"^\S+ fails to validate$", "a.xml fails to validate", "fails").of("xmllint"),
    cause(9, "unknowntopicorpartition|leader_not_available|brokernotavailable|brokertransport|_all_brokers_down", r"UnknownTopicOrPartition|LEADER_NOT_AVAILABLE|BrokerNotAvailable|_ALL_BROKERS_DOWN|BrokerTransportFailure", "KafkaError{code=_ALL_BROKERS_DOWN,val=-187}", "kafka").of("kafka").is(Category::NetworkError),
    noise("error|fail", r"^== \[\S+\] PASS$", "== [models/error_1.sql] PASS", "== [a.sql] FAIL"),
];
