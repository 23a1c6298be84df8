//! Typed acknowledgments from damaged sets: nothing is lost, or the whole is refused.

use proptest::prelude::*;
use x12_edi::document::application_advice::ApplicationAdvice;
use x12_edi::document::functional_acknowledgment::FunctionalAcknowledgment;
use x12_edi::document::implementation_acknowledgment::ImplementationAcknowledgment;
use x12_edi::value::SetControlNumber;
use x12_edi::{CharacterSet, Result, TransactionSet, Writer};

use super::interchange;

const SETS: [(&str, &str); 3] = [
    (
        "997",
        "AK1*PO*77~AK2*850*0001~AK3*PO1*5*PO1*8~AK4*4:2*212*6*12,5~AK4*6**7~AK5*R*5~AK2*850*0002~AK5*E*5*4~AK9*P*2*2*1*4~",
    ),
    (
        "999",
        "AK1*PO*77*005010~AK2*850*0001*GUIDE~IK3*REF*3**8~CTX*BEG03:4711^BEG05:20240131~IK4*2:1:3*127*2~CTX*SITUATIONAL TRIGGER*PO1*4*PO1*4:2*212:355~IK5*R*5~AK9*R*1*1*0~",
    ),
    (
        "824",
        "BGN*11*A-1*20240201~N1*41*BUYER~N3*STREET~OTI*TR*PO*4711****77*0001*850~REF*VR*99~TED*111*USED*BEG*2*3:1*324:1*4711~CTX*A~NTE*GEN*TEXT~RED*X*A~LM*ZZ~LQ*A*B~RED*Y~OTI*TA*PO*4712~",
    ),
];

/// What is written of a document is what was read, segment by segment.
fn same(
    set: &TransactionSet,
    write: impl FnOnce(&mut Writer<Vec<u8>>, &SetControlNumber) -> Result<()>,
) {
    let written = || -> Result<Vec<u8>> {
        let mut writer = Writer::new(Vec::new()).with_characters(CharacterSet::Unrestricted);
        writer.start_interchange(set.interchange().unwrap())?;
        writer.start_group(set.group().unwrap())?;
        write(&mut writer, &"0001".parse().unwrap())?;
        writer.end_group()?;
        writer.end_interchange()?;
        writer.finish()
    };
    let Ok(bytes) = written() else { return };
    let again = x12_edi::parse(&bytes);
    let body = |set: &TransactionSet| -> Vec<String> {
        let inner = set.segments().filter(|s| !matches!(s.id(), b"ST" | b"SE"));
        inner
            .map(|s| s.as_bytes().escape_ascii().to_string())
            .collect()
    };
    assert_eq!(body(again.sets.first().unwrap()), body(set));
}

proptest! {
    #[test]
    fn no_damage_loses_a_segment(
        which in 0_usize..3,
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        drop in proptest::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        let (code, content) = SETS[which];
        let mut segments: Vec<_> = content.split_inclusive('~').collect();
        for at in drop {
            let at = at.index(segments.len());
            let moved = segments.remove(at);
            segments.push(moved);
        }
        let group = format!(
            "GS*FA*APPSEND*APPRECV*20240131*1430*77*X*005010~ST*{code}*0001~{}SE*9*0001~GE*1*77~",
            segments.concat()
        );
        let mut bytes = interchange("00501", &group).into_bytes();
        let (start, end) = (106 + 60, bytes.len() - 30);
        for (at, byte) in damage {
            bytes[start + at.index(end - start)] = byte;
        }
        for set in &x12_edi::parse(&bytes).sets {
            let document = FunctionalAcknowledgment::parse(set).document;
            same(set, |writer, number| document.write(writer, number));
            let document = ImplementationAcknowledgment::parse(set).document;
            same(set, |writer, number| document.write(writer, number));
            let document = ApplicationAdvice::parse(set).document;
            same(set, |writer, number| document.write(writer, number));
        }
    }
}
