//! Hardware description languages: GHDL, NVC, `VUnit`, Icarus, Verilator, Yosys, `ModelSim`, Vivado, cocotb.

use crate::failure::model::Category;
use crate::failure::rule::{Family, Rule, cause, noise, summary, symptom, test};

pub(super) const FAMILY: Family = Family {
    name: "hardware",
    rules: RULES,
};

const RULES: &[Rule] = &[
    cause(10, "fatal: |error: ", r"^(?:FATAL|ERROR): (?P<path>\S+\.s?vh?):(?P<line>\d+): (?P<message>\S.*)", "FATAL: tb/tb_fifo.v:11: scoreboard mismatch", "FATAL: x").of("iverilog").is(Category::AssertionFailure),
    cause(11, ":(assertion |:(report error|:(report failure", r"^(?P<path>\S+\.vhdl?):(?P<line>\d+):\d+:@\S+?:\((?:assertion|report) (?:error|failure)\): (?P<message>.*)", "uart_tb.vhd:18:7:@1290ns:(assertion error): parity is '0'", "uart_tb.vhd:17:7:@1ns:(report note): x").of("ghdl").is(Category::AssertionFailure),
    noise(":(report |:(assertion ", r":@\S+?:\((?:assertion|report) (?:note|warning)\): ", "uart_tb.vhd:17:7:@1ns:(report note): framing error flag 0", "uart_tb.vhd:18:7:@1290ns:(assertion error): x"),
    symptom(1, "error: assertion failed|error: simulation failed|error: error during elaboration|error: bound check|compilation error", r"^\S*ghdl\S*: ?(?:error: ?)?(?:assertion failed|simulation failed|error during elaboration|compilation error)", "/usr/bin/ghdl-mcode:error: simulation failed", "ghdl: x").of("ghdl"),
    cause(10, ".vhd:0|.vhdl:0", r"^(?P<path>\S+\.vhdl?):(?P<line>\d+):\d+:(?:error:)? ?(?P<message>['\x22A-Za-vx-z].*)$", "uart.vhd:12:5: no declaration for \x22totl\x22", "uart.vhd:12:5:warning: x").of("ghdl").is(Category::BuildCompile),
    cause(11, "no declaration for|not found in library|is not defined|no visible declaration", r"\.vhdl?:\d+:\d+:(?:error:)? ?(?:no declaration for|unit \S+ not found in library|no visible declaration)", "uart.vhd:12:5:error: no declaration for \x22totl\x22", "uart.vhd:1:1: x").of("ghdl").is(Category::FunctionError),
    cause(11, " expected before | is expected|missing \x22;\x22|unexpected token", r"\.vhdl?:\d+:\d+:(?:error:)? ?(?:missing |unexpected token|.*\bis expected|'.*' (?:is )?expected)", "uart.vhd:12:5:error: ';' is expected instead of 'end'", "uart.vhd:1:1: x").of("ghdl").is(Category::SyntaxError),
    cause(11, "can't match|type mismatch|types of", r"\.vhdl?:\d+:\d+:(?:error:)? ?(?:can't match|type mismatch|can't associate|no overloaded)", "uart.vhd:12:5:error: can't match '0' with type integer", "uart.vhd:1:1: x").of("ghdl").is(Category::TypeError),
    noise(":warning:", r"^\S+\.vhdl?:\d+:\d+:warning: ", "uart.vhd:12:5:warning: declaration of \x22x\x22 hides", "uart.vhd:1:1:error: x"),
    cause(10, "** error: |** fatal: |** failure: |(suppressible)", r"^(?:# )?\*\* (?:Error|Fatal|Failure)(?: \(suppressible\))?: (?P<message>\S.*)", "# ** Error: parity is '0'", "** Note: x").of("modelsim"),
    cause(9, "%error", r"^%Error(?:-(?P<code>\w+))?: (?P<path>\S+?):(?P<line>\d+):(?:\d+:)? (?P<message>.*)", "%Error: uart.v:12:5: syntax error, unexpected end", "%Error: x").of("verilator").is(Category::BuildCompile),
    cause(8, "%warning-", r"^%Warning-(?P<code>\w+): (?P<path>\S+?):(?P<line>\d+):(?:\d+:)? (?P<message>.*)", "%Warning-WIDTH: uart.v:12:5: Operator ASSIGN expects 8 bits", "%Warning").of("verilator").is(Category::LintFormat),
    symptom(1, "%error: exiting due|%error: command failed", r"^%Error: (?:Exiting due to|Command Failed)", "%Error: Exiting due to 2 warning(s)", "%Error: x").of("verilator"),
    cause(9, ".sv:0|.v:0|.svh:0", r"^(?P<path>\S+\.s?vh?):(?P<line>\d+): (?:syntax error|error: (?P<message>.*))", "uart.v:12: error: Unknown module type: fifo", "uart.v:12: warning: x").of("iverilog").is(Category::BuildCompile),
    cause(9, "error: [", r"^ERROR: \[(?P<code>[A-Z][\w-]* [\d-]+)\] (?P<message>.*)", "ERROR: [Synth 8-439] module 'fifo' not found [uart.v:12]", "ERROR: [x]").of("vivado").is(Category::BuildCompile),
    cause(9, "error (0", r"^Error \((?P<code>\d{4,6})\): (?P<message>.*)", "Error (12007): Top-level design entity \x22uart\x22 is undefined", "Error (x)").of("quartus").is(Category::BuildCompile),
    test(9, "fail ", r"^fail (?P<test>\w+\.\w+\.\S+) \([\d.]+ seconds\)", "fail lib.tb_uart.parity (1.2 seconds)", "pass lib.tb_uart.parity (1.2 seconds)").of("vunit"),
    summary(3, "fail ", r"^fail \d+ of \d+$", "fail 1 of 12", "pass 11 of 12").of("vunit"),
    test(9, "failed", r"^\s*[\d.]+ns (?:INFO|ERROR|WARNING) +\S+ +(?P<test>\S+) failed$", "  1290.00ns INFO     cocotb.regression                  parity failed", "1.0ns INFO x passed").of("cocotb"),
    cause(9, ": assertion violation|: assertion error|: assertion failure", r"^(?:\*\* )?(?:Error|Fatal|Failure): \S*: (?:Assertion (?:violation|error|failure))", "** Error: 12ns: Assertion violation", "Error: x").is(Category::AssertionFailure),
];
