//! How long it takes to read, merge, write and prune memories, and how much memory that needs.
//! `cargo bench --bench merge`.

use std::alloc::{GlobalAlloc, Layout, System};
use std::hint::black_box;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use shipwright::memory::retention::{self, Policy, Value};
use shipwright::memory::{Context, Delta, Entry, ExportTrust, Identity, Memory, Tree, three_way, two_way};

const ENTRIES: usize = 10_000;
const ROUNDS: usize = 15;
const NOW: i64 = 1_760_000_000_000;

/// Counts bytes in use, and the most there ever were.
struct Counting;

static IN_USE: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[expect(
    unsafe_code,
    reason = "an allocator that counts is the only way to see the peak of one function"
)]
// SAFETY: every call goes to the system's allocator unchanged; only numbers are kept beside it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = IN_USE.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        IN_USE.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promises are passed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// A memory of `ENTRIES` entries as agents leave them; `seed` changes every tenth value, and the times of all.
fn memory(seed: usize) -> Memory {
    let entry = |number: usize| {
        let version = if number % 10 == seed % 10 { seed } else { 0 };
        let value = format!(
            "run {number}: the build of module {} failed in version {version}; clearing the cache helped twice",
            number % 97
        );
        let time = NOW - i64::try_from(number).unwrap_or_default() * 1_000 + i64::try_from(seed).unwrap_or_default();
        let identity = Identity::new(
            format!("learning-{}", number % 12),
            format!("shipwright-outcome-{number:06}"),
        );
        (identity, Entry::new(value, time))
    };
    (0..ENTRIES).map(entry).collect()
}

/// Time this thread spent on a processor: on a busy machine the wall clock measures the others.
fn busy() -> Duration {
    let schedule = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = schedule.split_whitespace().next().and_then(|first| first.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// Prints the median and the fastest processor time of some rounds, and the most memory one round needed.
fn measure<T>(name: &str, size: usize, mut work: impl FnMut() -> T) {
    let mut times: Vec<Duration> = Vec::new();
    let mut most = 0;
    for _ in 0..ROUNDS {
        let before = IN_USE.load(Ordering::Relaxed);
        PEAK.store(before, Ordering::Relaxed);
        let start = (Instant::now(), busy());
        black_box(work());
        // Without the kernel's account the wall clock has to do.
        let spent = busy().saturating_sub(start.1);
        times.push(if spent.is_zero() { start.0.elapsed() } else { spent });
        most = most.max(PEAK.load(Ordering::Relaxed) - before);
    }
    times.sort();
    let (median, fastest) = (times[ROUNDS / 2], times[0]);
    let times_file = most * 10 / size;
    println!(
        "{name:<44} {median:>10.2?} (fastest {fastest:.2?}), peak {most:>9} bytes = {}.{}x the file",
        times_file / 10,
        times_file % 10
    );
}

fn main() {
    let (base, here, there) = (memory(0).encode(), memory(3).encode(), memory(7).encode());
    let size = here.len();
    println!("{ENTRIES} entries, {size} bytes a file");
    let read = |bytes: &[u8]| Tree::from_memory(Memory::decode(bytes).expect("a memory we wrote"));
    let (base_tree, here_tree, there_tree) = (read(&base), read(&here), read(&there));
    let context = Context {
        trust: ExportTrust::Trusted,
        now: NOW,
        origin: None,
    };

    measure("decode", size, || Memory::decode(&here));
    measure("encode", size, || here_tree.memory.encode());
    measure("two-way merge", size, || two_way(&here_tree, &there_tree));
    measure("three-way merge", size, || {
        three_way(Some(&base_tree), &here_tree, &there_tree, &context)
    });
    measure("files to files: decode, two-way, encode", size, || {
        two_way(&read(&here), &read(&there)).memory.encode()
    });
    measure("files to files: decode, three-way, encode", size, || {
        three_way(Some(&read(&base)), &read(&here), &read(&there), &context)
            .tree
            .memory
            .encode()
    });
    let merged = three_way(Some(&base_tree), &here_tree, &base_tree, &context).tree;
    measure("delta of 1,000 changes", size, || Delta::diff(&base_tree, &merged));
    let delta = Delta::diff(&base_tree, &merged);
    measure("fold it", size, || delta.fold(&there_tree));
    let policy = Policy {
        max_bytes: Some(1 << 20),
        ..Policy::default()
    };
    measure("prune plan down to 1 MiB", size, || {
        retention::plan(&merged, &policy, NOW, &|_, _| Value::Ordinary)
    });
}
