//! Reading never fails, counts every line, and keeps every kept line short.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shipwright::log::Log;

fuzz_target!(|data: &[u8]| {
    let log = Log::from_bytes(data);
    assert_eq!(log.bytes(), data.len() as u64);
    assert!(log.iter().all(|(_, line)| line.text.len() <= 3 * 4096 && line.number <= log.lines()));
    let streamed = Log::read(data).expect("memory cannot fail");
    assert_eq!(streamed.lines(), log.lines());
});
