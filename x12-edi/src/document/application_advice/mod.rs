//! The application advice, transaction set 824: what an application says of a document that
//! arrived in order, but whose content it does not take.

mod findings;

use std::fmt;

use super::loops::Party;
use super::segments::{
    AdviceBeginning, Amount, CodeSource, Contact, Context, DateReference, EntityName, IndustryCode,
    OriginalTransaction, Quantity, Reference, RelatedData, Remark, TechnicalError,
};
use super::typed::{typed_document, typed_loop};
use crate::value::{Date, Text};

typed_document! {
    /// An application advice: set 824.
    ///
    /// ```
    /// use x12_edi::document::application_advice::{AdviceCode, ApplicationAdvice, DocumentAdvice};
    /// use x12_edi::document::segments::{ElementPlace, TechnicalError};
    /// use x12_edi::value::Date;
    ///
    /// let mut advice = ApplicationAdvice::new("11", "A-1", Date::new(2024, 2, 1)?);
    /// let mut order = DocumentAdvice::new(AdviceCode::SetRejected, "PO", "4711");
    /// let mut error = TechnicalError::new("111", "ORDER NUMBER WAS USED BEFORE");
    /// error.segment_id = Some("BEG".into());
    /// error.position = Some(2);
    /// error.place = ElementPlace::new(3);
    /// order.errors.push(error.into());
    /// advice.documents.push(order);
    /// advice.check()?;
    /// # Ok::<(), x12_edi::Error>(())
    /// ```
    pub ApplicationAdvice = "824" of "AG" {
        /// BGN.
        first beginning: AdviceBeginning;
        /// N1 with its address.
        [without b"LDT"] parties: Vec<Party>;
        /// OTI with what belongs to it: the documents that the advice is about.
        documents: Vec<DocumentAdvice> = required;
    }
}

typed_loop! {
    /// What became of one document: the OTI loop.
    pub DocumentAdvice {
        /// OTI.
        first original: OriginalTransaction;
        /// REF.
        references: Vec<Reference>;
        /// DTM.
        dates: Vec<DateReference>;
        /// PER.
        contacts: Vec<Contact>;
        /// AMT.
        amounts: Vec<Amount>;
        /// QTY.
        quantities: Vec<Quantity>;
        /// NM1; from 004010 on.
        names: Vec<EntityName>;
        /// TED with what belongs to it.
        errors: Vec<AdviceError>;
        /// LM with what belongs to it.
        codes: Vec<AdviceCodes>;
    }
    members [b"N1"]
    until [b"OTI"]
}

typed_loop! {
    /// What is wrong with a document: the TED loop.
    pub AdviceError {
        /// TED.
        first error: TechnicalError;
        /// CTX; from 005010 on.
        contexts: Vec<Context>;
        /// NTE.
        remarks: Vec<Remark>;
        /// RED; from 004010 on.
        related: Vec<RelatedData>;
    }
}

typed_loop! {
    /// Codes of an industry: the LM loop.
    pub AdviceCodes {
        /// LM.
        first source: CodeSource;
        /// LQ with its RED.
        codes: Vec<AdviceIndustryCode>;
    }
}

typed_loop! {
    /// A code of an industry: the LQ loop.
    pub AdviceIndustryCode {
        /// LQ.
        first code: IndustryCode;
        /// RED; from 004010 on.
        related: Vec<RelatedData>;
    }
}

impl ApplicationAdvice {
    /// An advice without documents of this purpose (BGN01), number and date.
    #[must_use]
    pub fn new(purpose: impl Into<Text>, number: impl Into<Text>, date: Date) -> Self {
        Self {
            beginning: AdviceBeginning::new(purpose, number, date),
            ..Self::default()
        }
    }
}

impl DocumentAdvice {
    /// A document by its number, with what became of it: OTI01, OTI02 and OTI03.
    #[must_use]
    pub fn new(code: AdviceCode, qualifier: impl Into<Text>, number: impl Into<Text>) -> Self {
        Self {
            original: OriginalTransaction::new(code.code(), qualifier, number),
            ..Self::default()
        }
    }

    /// What OTI01 says.
    #[must_use]
    pub fn code(&self) -> AdviceCode {
        AdviceCode::of(self.original.code.as_str())
    }
}

impl From<TechnicalError> for AdviceError {
    fn from(error: TechnicalError) -> Self {
        Self {
            error,
            ..Self::default()
        }
    }
}

macro_rules! advice_codes {
    ($( $variant:ident = $code:literal, $accepted:literal, $doc:literal; )+) => {
        /// What an application did with a document: the codes of OTI01 (element 110).
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum AdviceCode {
            $( #[doc = $doc] $variant, )+
            /// Any other code, as it stands.
            Other(Text),
        }

        impl AdviceCode {
            /// The meaning of a code; an unknown one is kept.
            #[must_use]
            pub fn of(code: &str) -> Self {
                match code {
                    $( $code => Self::$variant, )+
                    other => Self::Other(other.into()),
                }
            }

            /// The code for OTI01.
            #[must_use]
            pub fn code(&self) -> &str {
                match self {
                    $( Self::$variant => $code, )+
                    Self::Other(code) => code.as_str(),
                }
            }

            /// Whether the data was taken, at least in part.
            #[must_use]
            pub fn is_accepted(&self) -> bool {
                match self {
                    $( Self::$variant => $accepted, )+
                    Self::Other(_) => false,
                }
            }
        }
    };
}

advice_codes! {
    BatchAccepted = "BA", true, "`BA`: the batch was taken.";
    BatchChanged = "BC", true, "`BC`: the batch was taken with changes.";
    BatchWithErrors = "BE", true, "`BE`: the batch was taken, although it has errors.";
    BatchPartial = "BP", true, "`BP`: a part of the batch was taken.";
    BatchRejected = "BR", false, "`BR`: the batch was not taken.";
    GroupAccepted = "GA", true, "`GA`: the group was taken.";
    GroupChanged = "GC", true, "`GC`: the group was taken with changes.";
    GroupWithErrors = "GE", true, "`GE`: the group was taken, although it has errors.";
    GroupPartial = "GP", true, "`GP`: a part of the group was taken.";
    GroupRejected = "GR", false, "`GR`: the group was not taken.";
    ItemAccepted = "IA", true, "`IA`: the item was taken.";
    ItemChanged = "IC", true, "`IC`: the item was taken with changes.";
    ItemWithErrors = "IE", true, "`IE`: the item was taken, although it has errors.";
    ItemPartial = "IP", true, "`IP`: a part of the item was taken.";
    ItemRejected = "IR", false, "`IR`: the item was not taken.";
    SetAccepted = "TA", true, "`TA`: the transaction set was taken.";
    SetChanged = "TC", true, "`TC`: the transaction set was taken with changes.";
    SetWithErrors = "TE", true, "`TE`: the transaction set was taken, although it has errors.";
    SetPartial = "TP", true, "`TP`: a part of the transaction set was taken.";
    SetRejected = "TR", false, "`TR`: the transaction set was not taken.";
}

impl fmt::Display for AdviceCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
