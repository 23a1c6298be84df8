//! Reading a slice allocates a constant number of times, whatever its length.

use std::fmt::Write as _;

use x12_edi::envelope::Event;
use x12_edi::validate::{Switches, ValidatingReader};
use x12_edi::{EnvelopeReader, Reader, TransactionSets};

mod counting {
    #![expect(unsafe_code, reason = "an allocator is unsafe by its trait")]

    use std::alloc::{GlobalAlloc, Layout, System};
    use std::cell::Cell;

    thread_local! {
        static COUNT: Cell<u64> = const { Cell::new(0) };
    }

    struct Counting;

    // SAFETY: every call goes on to the allocator of the system as it came.
    unsafe impl GlobalAlloc for Counting {
        unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
            COUNT.with(|count| count.set(count.get() + 1));
            // SAFETY: the caller keeps the contract of this very function.
            unsafe { System.alloc(layout) }
        }

        unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
            // SAFETY: the caller keeps the contract of this very function.
            unsafe { System.dealloc(at, layout) }
        }

        unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
            COUNT.with(|count| count.set(count.get() + 1));
            // SAFETY: the caller keeps the contract of this very function.
            unsafe { System.realloc(at, layout, size) }
        }
    }

    #[global_allocator]
    static COUNTING: Counting = Counting;

    /// How often this thread allocated during `work`.
    pub(crate) fn during(work: impl FnOnce()) -> u64 {
        let before = COUNT.with(Cell::get);
        work();
        COUNT.with(Cell::get) - before
    }
}

/// One interchange with groups of a hundred sets.
fn file(groups: usize) -> String {
    let mut out = String::from(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~",
    );
    for group in 1..=groups {
        let _ = write!(out, "GS*PO*A*B*20240101*1200*{group}*X*004010~");
        for set in 1..=100 {
            let _ = writeln!(
                out,
                "ST*850*{set:04}~BEG*00*SA*4711**20240101~PO1*1*5*EA*9.95**VN*AB-1~CTT*1~SE*5*{set:04}~",
            );
        }
        let _ = write!(out, "GE*100*{group}~");
    }
    let _ = write!(out, "IEA*{groups}*000000001~");
    out
}

/// The same work on a file of some groups and on one of a hundred times as many.
fn twice(work: impl Fn(&[u8]) -> usize) -> [u64; 2] {
    [3, 300].map(|groups| {
        let file = file(groups);
        let mut elements = 0;
        let allocations = counting::during(|| elements = work(file.as_bytes()));
        assert!(elements > groups * 1000, "the file was read");
        allocations
    })
}

#[test]
fn visiting_every_element_allocates_a_constant_number_of_times() {
    let [small, large] = twice(|bytes| {
        let mut reader = Reader::from_slice(bytes);
        let mut elements = 0;
        while let Ok(Some(segment)) = reader.next_segment() {
            elements += segment.elements().len();
        }
        elements
    });
    assert!(small <= 10 && large <= 10, "{small}, {large}");
}

#[test]
fn checking_the_envelope_allocates_a_constant_number_of_times() {
    let [small, large] = twice(|bytes| {
        let mut reader = EnvelopeReader::from_slice(bytes);
        let mut elements = 0;
        while let Ok(Some(event)) = reader.next_event() {
            if let Event::Segment(segment) = event {
                elements += segment.elements().len();
            }
        }
        elements
    });
    assert!(small <= 60 && large <= 60, "{small}, {large}");
}

#[test]
fn sets_one_by_one_use_the_memory_of_the_one_before() {
    let [small, large] = twice(|bytes| {
        let mut sets = TransactionSets::from_slice(bytes);
        let mut elements = 0;
        while let Ok(Some(set)) = sets.next_set() {
            elements += set
                .segments()
                .map(|segment| segment.elements().len())
                .sum::<usize>();
        }
        elements
    });
    // The header of a group is shared with the sets, so that each group has its own.
    assert!(large - small <= 300 * 10, "{small}, {large}");
}

/// One order of so many lines, with nothing wrong in it.
fn long_order(lines: usize) -> String {
    let mut out = String::from(
        "ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *240101*1200*U*00401*000000001*0*P*>~\
         GS*PO*AB*CD*20240101*1200*1*X*004010~ST*850*0001~BEG*00*SA*4711**20240101~\
         N1*ST*PLANT 7*92*00123~N3*12 MAIN STREET~N4*AKRON*OH*44301~",
    );
    for line in 1..=lines {
        let _ = write!(
            out,
            "PO1*{line}*10*EA*9.95**VN*A-1*BP*00012345~PID*F****HEX BOLT~MEA*PD*WT*5*LB~\
             REF*CO*{line}~SCH*10*EA***002*20240229~",
        );
    }
    let _ = write!(
        out,
        "CTT*{lines}~SE*{}*0001~GE*1*1~IEA*1*000000001~",
        5 * lines + 7
    );
    out
}

/// How often validation allocates for a file in which it finds nothing.
fn validating(file: &str, switches: &Switches) -> u64 {
    let (mut segments, mut findings) = (0, 0);
    let allocations = counting::during(|| {
        let mut reader = ValidatingReader::from_slice(file.as_bytes(), switches.clone());
        while let Ok(Some(event)) = reader.next_event() {
            match event {
                Event::Finding(_) => findings += 1,
                Event::Segment(_) => segments += 1,
                _ => {}
            }
        }
    });
    assert!(segments > 100 && findings == 0, "{segments}, {findings}");
    allocations
}

#[test]
fn validating_a_clean_set_allocates_nothing_for_a_segment() {
    for switches in [
        Switches::standard(),
        Switches::strict(),
        Switches::lenient(),
    ] {
        // The tables of the release are loaded by whoever comes first.
        validating(&long_order(100), &switches);
        let [small, large] = [100, 10_000].map(|lines| validating(&long_order(lines), &switches));
        assert_eq!(small, large, "so many more for 49 500 segments more");
    }
}

#[test]
fn validating_many_clean_sets_uses_the_memory_of_the_one_before() {
    let switches = Switches::standard();
    let [few, many] = [20, 2_000].map(|sets| {
        let order = long_order(1);
        let (head, rest) = order.split_once("ST*").expect("a set");
        let (set, _) = rest.split_once("GE*").expect("the end of a group");
        let mut file = head.to_owned();
        for number in 1..=sets {
            let _ = write!(
                file,
                "ST*{}",
                set.replace("*0001~", &format!("*{number:04}~"))
            );
        }
        let _ = write!(file, "GE*{sets}*1~IEA*1*000000001~");
        validating(&file, &switches);
        validating(&file, &switches)
    });
    assert!(many - few <= 10, "{few}, {many}");
}
