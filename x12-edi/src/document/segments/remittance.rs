//! BPR, TRN, ENT, RMR, ADX, NM1, RDM and NTE.

use std::fmt;

use rust_decimal::Decimal;

use crate::document::typed::{Field, FieldError, Kind, Raw, Reading, typed_segment};
use crate::schema::Release;
use crate::value::{Date, Text};

/// The number of an account at a bank. `Debug` shows at most its last four characters.
///
/// ```
/// use x12_edi::document::segments::AccountNumber;
/// let account = AccountNumber::new("1234567890");
/// assert_eq!(format!("{account:?}"), "AccountNumber(…7890)");
/// assert_eq!(account.expose(), "1234567890");
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct AccountNumber(Text);

impl AccountNumber {
    /// A number of at most 35 characters; it is checked when the document is.
    #[must_use]
    pub fn new(number: impl Into<Text>) -> Self {
        Self(number.into())
    }

    /// The whole number.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Of a short number the last four would be most of it.
        let length = self.expose().chars().count();
        let shown: String = self
            .expose()
            .chars()
            .skip(if length < 8 { length } else { length - 4 })
            .collect();
        write!(f, "AccountNumber(…{shown})")
    }
}

impl Field for Option<AccountNumber> {
    const KIND: Kind = Kind::An;

    fn read(raw: Raw<'_>, kind: Kind, reading: &mut Reading) -> Self {
        <Option<Text>>::read(raw, kind, reading).map(AccountNumber)
    }

    fn write(&self, kind: Kind, release: Release, out: &mut Vec<u8>) -> Result<(), FieldError> {
        self.as_ref()
            .map_or(Ok(()), |number| number.0.write(kind, release, out))
    }
}

typed_segment! {
    /// How a payment is made: BPR.
    PaymentBeginning = "BPR" {
        /// BPR01: `C` payment with this advice, `D` payment only, `I` advice only, `U` payment and
        /// advice on ways of their own, `X` either.
        1 handling: Text;
        /// BPR02: what is paid, with its decimals written out.
        2 amount: Option<Decimal>;
        /// BPR03: `C` credit, `D` debit.
        3 credit_debit: Text;
        /// BPR04: `ACH`, `CHK` check, `FWT` wire, `BOP` as the bank likes, `NON` no payment.
        4 method: Text;
        /// BPR05: `CTX`, `CCP`, `PPD` …
        5 format: Option<Text>;
        /// BPR06: `01` routing number, `02` SWIFT.
        6 payer_bank_qualifier: Option<Text>;
        /// BPR07.
        7 payer_bank: Option<Text>;
        /// BPR08: `DA` demand, `SG` savings.
        8 payer_account_qualifier: Option<Text>;
        /// BPR09.
        9 payer_account: Option<AccountNumber>;
        /// BPR10: ten characters, that of TRN03.
        10 originating_company: Option<Text>;
        /// BPR11: nine characters.
        11 originating_company_supplement: Option<Text>;
        /// BPR12.
        12 payee_bank_qualifier: Option<Text>;
        /// BPR13.
        13 payee_bank: Option<Text>;
        /// BPR14.
        14 payee_account_qualifier: Option<Text>;
        /// BPR15.
        15 payee_account: Option<AccountNumber>;
        /// BPR16: when the money moves.
        16 effective_date: Option<Date>;
        /// BPR17.
        17 business_function: Option<Text>;
        /// BPR18.
        18 return_bank_qualifier: Option<Text>;
        /// BPR19.
        19 return_bank: Option<Text>;
        /// BPR20.
        20 return_account_qualifier: Option<Text>;
        /// BPR21.
        21 return_account: Option<AccountNumber>;
    }
}

impl PaymentBeginning {
    /// A credit (`C`) of this amount by this method (BPR04), with its advice (`C` in BPR01).
    #[must_use]
    pub fn new(amount: Decimal, method: impl Into<Text>) -> Self {
        Self {
            handling: "C".into(),
            amount: Some(amount),
            credit_debit: "C".into(),
            method: method.into(),
            ..Self::default()
        }
    }

    /// The same from this demand account (`DA`) at a bank with this routing number (`01`).
    #[must_use]
    pub fn from_account(mut self, bank: impl Into<Text>, account: AccountNumber) -> Self {
        self.payer_bank_qualifier = Some("01".into());
        self.payer_bank = Some(bank.into());
        self.payer_account_qualifier = Some("DA".into());
        self.payer_account = Some(account);
        self
    }

    /// The same to this demand account (`DA`) at a bank with this routing number (`01`).
    #[must_use]
    pub fn to_account(mut self, bank: impl Into<Text>, account: AccountNumber) -> Self {
        self.payee_bank_qualifier = Some("01".into());
        self.payee_bank = Some(bank.into());
        self.payee_account_qualifier = Some("DA".into());
        self.payee_account = Some(account);
        self
    }
}

typed_segment! {
    /// By which number payment and advice are found together again: TRN.
    Trace = "TRN" {
        /// TRN01: `1` this transaction, `2` another one, `3` to bring both together.
        1 trace_type: Text;
        /// TRN02: for example the number of the check.
        2 number: Text;
        /// TRN03: ten characters, that of BPR10.
        3 originating_company: Option<Text>;
        /// TRN04.
        4 further_reference: Option<Text>;
    }
}

impl Trace {
    /// A number of this transaction (`1`).
    #[must_use]
    pub fn new(number: impl Into<Text>) -> Self {
        Self {
            trace_type: "1".into(),
            number: number.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// For whom the items that follow are paid: ENT.
    Entity = "ENT" {
        /// ENT01: counts up from 1.
        1 number: Option<u32>;
        /// ENT02: the kind of party, as in N101.
        2 code: Option<Text>;
        /// ENT03: as in N103.
        3 id_qualifier: Option<Text>;
        /// ENT04.
        4 id: Option<Text>;
        /// ENT05.
        5 second_code: Option<Text>;
        /// ENT06.
        6 second_id_qualifier: Option<Text>;
        /// ENT07.
        7 second_id: Option<Text>;
        /// ENT08.
        8 reference_qualifier: Option<Text>;
        /// ENT09.
        9 reference: Option<Text>;
    }
}

impl Entity {
    /// An entity of this number.
    #[must_use]
    pub fn new(number: u32) -> Self {
        Self {
            number: Some(number),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// What is paid of one invoice: RMR.
    RemittanceItem = "RMR" {
        /// RMR01: `IV` invoice, `PO` order, `CM` credit memo, `OI` original invoice.
        1 qualifier: Option<Text>;
        /// RMR02: the number, most often of the invoice.
        2 number: Option<Text>;
        /// RMR03: `PI` pay item, `PO` on account, `PP` partial, `FL` final, `AJ` adjustment.
        3 action: Option<Text>;
        /// RMR04: what is paid, with its decimals written out.
        4 paid: Option<Decimal>;
        /// RMR05: the total of the invoice, with charges, before any discount.
        5 total: Option<Decimal>;
        /// RMR06: the discount that was taken.
        6 discount: Option<Decimal>;
        /// RMR07: why it was adjusted, see ADX02.
        7 adjustment_reason: Option<Text>;
        /// RMR08.
        8 adjustment: Option<Decimal>;
    }
}

impl RemittanceItem {
    /// So much for an invoice (`IV`).
    #[must_use]
    pub fn invoice(number: impl Into<Text>, paid: Decimal) -> Self {
        Self {
            qualifier: Some("IV".into()),
            number: Some(number.into()),
            paid: Some(paid),
            ..Self::default()
        }
    }

    /// The same with the total of the invoice and the discount taken.
    #[must_use]
    pub fn with_total(mut self, total: Decimal, discount: Option<Decimal>) -> Self {
        self.total = Some(total);
        self.discount = discount;
        self
    }
}

typed_segment! {
    /// An amount that makes payment and invoice differ: ADX.
    Adjustment = "ADX" {
        /// ADX01: less than zero where less is paid.
        1 amount: Option<Decimal>;
        /// ADX02: for example `01` price, `06` quantity, `04` damaged, `19` billed twice.
        2 reason: Text;
        /// ADX03.
        3 reference_qualifier: Option<Text>;
        /// ADX04.
        4 reference: Option<Text>;
    }
}

impl Adjustment {
    /// An amount for this reason.
    #[must_use]
    pub fn new(amount: Decimal, reason: impl Into<Text>) -> Self {
        Self {
            amount: Some(amount),
            reason: reason.into(),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// A person or organization by name: NM1.
    EntityName = "NM1" {
        /// NM101: as in N101.
        1 code: Text;
        /// NM102: `1` person, `2` organization.
        2 entity_type: Text;
        /// NM103: the last name, or that of the organization; at most 35 characters, 60 from
        /// 005010 on.
        3 name: Option<Text>;
        /// NM104.
        4 first_name: Option<Text>;
        /// NM105.
        5 middle_name: Option<Text>;
        /// NM106.
        6 prefix: Option<Text>;
        /// NM107.
        7 suffix: Option<Text>;
        /// NM108.
        8 id_qualifier: Option<Text>;
        /// NM109.
        9 id: Option<Text>;
        /// NM110.
        10 relationship: Option<Text>;
        /// NM111.
        11 related_code: Option<Text>;
        /// NM112, from 005010 on.
        12 further_name: Option<Text>;
    }
}

impl EntityName {
    /// An organization (`2`) of this kind.
    #[must_use]
    pub fn organization(code: impl Into<Text>, name: impl Into<Text>) -> Self {
        Self {
            code: code.into(),
            entity_type: "2".into(),
            name: Some(name.into()),
            ..Self::default()
        }
    }
}

typed_segment! {
    /// Where the advice goes: RDM.
    RemittanceDelivery = "RDM" {
        /// RDM01: for example `EM` electronic mail, `BM` by mail, `FX` fax.
        1 method: Text;
        /// RDM02.
        2 name: Option<Text>;
        /// RDM03.
        3 number: Option<Text>;
    }
}

typed_segment! {
    /// A remark: NTE.
    Remark = "NTE" {
        /// NTE01.
        1 reference: Option<Text>;
        /// NTE02: at most 80 characters.
        2 text: Text;
    }
}

impl Remark {
    /// A remark of at most 80 characters.
    #[must_use]
    pub fn new(text: impl Into<Text>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }
}
