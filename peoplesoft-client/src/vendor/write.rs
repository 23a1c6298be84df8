//! A supplier becomes rows of a message or of a component interface.

use rust_decimal::Decimal;

use super::names::{
    ADDRESS, ADDRESS_ROW, BANK, CONTACT, CONTACT_ROW, ID_NUMBER, LOCATION, LOCATION_ROW, Names,
    PAY, PHONE, VENDOR,
};
use crate::model::{
    EffStatus, PsDate, PsDateTime, Sensitive, Supplier, SupplierBankAccount, SupplierContactRow,
    SupplierLocationRow, VendorKey, Zone,
};
use crate::rowset::NewRow;

/// The row of a supplier with all rows below it. What is absent is not written.
pub(super) fn supplier(supplier: &Supplier, names: &Names, zone: &Zone) -> NewRow {
    let new = |record: &'static str| Fields::new(record, &supplier.key, names, zone);
    let mut row = header(supplier, new(VENDOR));
    for address in &supplier.addresses {
        let number = || new(ADDRESS_ROW).whole("ADDRESS_SEQ_NUM", Some(address.number));
        let index = new(ADDRESS)
            .whole("ADDRESS_SEQ_NUM", Some(address.number))
            .text("DESCR", address.description.as_ref());
        let mut index = index.done();
        for held in &address.rows {
            let postal = &held.address;
            let row = number()
                .effective(held.effective_date, &held.status)
                .text("NAME1", postal.name.as_ref())
                .text("COUNTRY", postal.country.as_ref())
                .text("ADDRESS1", postal.address1.as_ref())
                .text("ADDRESS2", postal.address2.as_ref())
                .text("ADDRESS3", held.address3.as_ref())
                .text("ADDRESS4", held.address4.as_ref())
                .text("CITY", postal.city.as_ref())
                .text("COUNTY", held.county.as_ref())
                .text("STATE", postal.state.as_ref())
                .text("POSTAL", postal.postal.as_ref())
                .text("EMAILID", held.email.as_ref())
                .extra(&held.extra);
            index.push(row.done());
        }
        row.push(index);
    }
    for location in &supplier.locations {
        let code = Some(&location.location);
        let mut index = new(LOCATION)
            .text("VNDR_LOC", code)
            .text("DESCR", location.description.as_ref())
            .done();
        for held in &location.rows {
            let own = |record| {
                let fields = new(record).text("VNDR_LOC", code);
                fields.effective_date(held.effective_date)
            };
            let mut below = location_row(held, own(LOCATION_ROW)).done();
            if let Some(method) = &held.payment_method {
                below.push(own(PAY).text("PYMNT_METHOD", Some(method.code())).done());
            }
            for account in &held.bank_accounts {
                below.push(bank(account, own(BANK)).done());
            }
            index.push(below);
        }
        row.push(index);
    }
    for number in &supplier.id_numbers {
        let fields = new(ID_NUMBER)
            .text("STD_ID_NUM_QUAL", Some(number.kind.code()))
            .text("STD_ID_NUM", Some(&number.number));
        row.push(fields.done());
    }
    for contact in &supplier.contacts {
        let number = |record| new(record).whole("CNTCT_SEQ_NUM", Some(contact.number));
        let mut index = number(CONTACT).done();
        for held in &contact.rows {
            let mut below = contact_row(held, number(CONTACT_ROW)).done();
            if held.phone.is_some() {
                let fields = number(PHONE).effective_date(held.effective_date);
                below.push(fields.text("PHONE", held.phone.as_ref()).done());
            }
            index.push(below);
        }
        row.push(index);
    }
    row
}

fn header(supplier: &Supplier, fields: Fields<'_>) -> NewRow {
    let setid = |key: &Option<VendorKey>| key.as_ref().map(|key| key.setid.clone());
    let vendor = |key: &Option<VendorKey>| key.as_ref().map(|key| key.vendor_id.clone());
    let (remit, corporate) = (&supplier.remit_vendor, &supplier.corporate_vendor);
    fields
        .text("VENDOR_NAME_SHORT", supplier.short_name.as_ref())
        .text("NAME1", Some(&supplier.name))
        .text("NAME2", supplier.name2.as_ref())
        .text("VENDOR_STATUS", Some(supplier.status.code()))
        .text(
            "VENDOR_CLASS",
            supplier.class.as_ref().map(|code| code.code()),
        )
        .text(
            "VENDOR_PERSISTENCE",
            supplier.persistence.as_ref().map(|code| code.code()),
        )
        .text(
            "VNDR_STATUS_PO",
            supplier.open_for_ordering.as_ref().map(|flag| flag.code()),
        )
        .text(
            "WTHD_SW",
            supplier.withholding.as_ref().map(|flag| flag.code()),
        )
        .whole("ADDR_SEQ_NUM_ORDR", supplier.order_address)
        .whole("PRIM_ADDR_SEQ_NUM", supplier.invoice_address)
        .whole("REMIT_ADDR_SEQ_NUM", supplier.remit_address)
        .text("REMIT_SETID", setid(remit).as_ref())
        .text("REMIT_VENDOR", vendor(remit).as_ref())
        .text("CORPORATE_SETID", setid(corporate).as_ref())
        .text("CORPORATE_VENDOR", vendor(corporate).as_ref())
        .text("DEFAULT_LOC", supplier.default_location.as_ref())
        .text("REMIT_LOC", supplier.remit_location.as_ref())
        .text("CUST_SETID", supplier.customer_setid.as_ref())
        .text("CUST_ID", supplier.customer.as_ref())
        .text("AR_NUM", supplier.our_account.as_ref())
        .text("OLD_VENDOR_ID", supplier.old_id.as_ref())
        .secret("VNDR_TIN", supplier.tax_id.as_ref())
        .date("LAST_ACTIVITY_DT", supplier.last_activity)
        .time("CREATED_DTTM", supplier.created)
        .time("LAST_MODIFIED_DATE", Some(supplier.last_updated))
        .extra(&supplier.extra)
        .done()
}

fn location_row<'n>(held: &SupplierLocationRow, fields: Fields<'n>) -> Fields<'n> {
    let rules = &held.acknowledgement;
    let mut fields = fields
        .text("EFF_STATUS", Some(held.status.code()))
        .text("PYMNT_TERMS_CD", held.payment_terms.as_ref())
        .text("CURRENCY_CD", held.currency.as_ref())
        .text(
            "DISP_METHOD",
            held.dispatch_method.as_ref().map(|code| code.code()),
        )
        .text("FREIGHT_TERMS", held.freight_terms.as_ref())
        .text("SHIP_TYPE_ID", held.ship_via.as_ref())
        .text("BUYER_ID", held.buyer.as_ref())
        .text("MATCH_CNTRL_ID", held.match_rule.as_ref())
        .text(
            "POA_REQUIRED",
            rules.required.as_ref().map(|flag| flag.code()),
        )
        .text(
            "POA_CO_REQUIRED",
            rules.required_for_changes.as_ref().map(|flag| flag.code()),
        )
        .text(
            "POA_TOL_FLAG",
            rules.tolerances.as_ref().map(|flag| flag.code()),
        )
        .whole("POA_SCHED_EARLY", rules.days_early)
        .whole("POA_SCHED_LATE", rules.days_late)
        .number("POA_QTY_OVER", rules.quantity_over)
        .number("POA_QTY_UNDER", rules.quantity_under)
        .number("POA_PRICE_OVER", rules.price_over)
        .number("POA_PRICE_UNDER", rules.price_under);
    for (kind, value) in held.chart_fields.iter() {
        fields = fields.named(kind.code(), value.as_str());
    }
    fields.extra(&held.extra)
}

fn bank<'n>(account: &SupplierBankAccount, fields: Fields<'n>) -> Fields<'n> {
    fields
        .whole("BANK_ACCT_SEQ_NBR", Some(account.number))
        .text(
            "DEFAULT_IND",
            account.is_default.as_ref().map(|flag| flag.code()),
        )
        .text("BENEFICIARY_BANK", account.bank_name.as_ref())
        .text("COUNTRY", account.country.as_ref())
        .text("BANK_ACCT_TYPE", account.account_type.as_ref())
        .secret("BNK_ID_NBR", account.bank_id.as_ref())
        .secret("BRANCH_ID", account.branch.as_ref())
        .secret("BANK_ACCOUNT_NUM", account.account.as_ref())
        .secret("IBAN_ID", account.iban.as_ref())
        .secret("DFI_ID_NUM", account.dfi_id.as_ref())
}

fn contact_row<'n>(held: &SupplierContactRow, fields: Fields<'n>) -> Fields<'n> {
    fields
        .effective(held.effective_date, &held.status)
        .text("CONTACT_NAME", held.name.as_ref())
        .text("CONTACT_TITLE", held.title.as_ref())
        .text("CONTACT_TYPE", held.purpose.as_ref())
        .whole("ADDRESS_SEQ_NUM", held.address)
        .text("EMAILID", held.email.as_ref())
        .extra(&held.extra)
}

/// The fields of a row that is being written, by their delivered names.
struct Fields<'n> {
    row: NewRow,
    record: &'static str,
    names: &'n Names,
    zone: &'n Zone,
}

impl<'n> Fields<'n> {
    fn new(record: &'static str, key: &VendorKey, names: &'n Names, zone: &'n Zone) -> Self {
        let fields = Self {
            row: NewRow::new(names.record(record)),
            record,
            names,
            zone,
        };
        fields
            .text("SETID", Some(&key.setid))
            .text("VENDOR_ID", Some(&key.vendor_id))
    }

    fn with(mut self, field: &str, put: impl FnOnce(NewRow, &str) -> NewRow) -> Self {
        let name = self.names.field(self.record, field).to_owned();
        self.row = put(self.row, &name);
        self
    }

    fn named(self, field: &str, text: &str) -> Self {
        self.with(field, |row, name| row.text(name, text))
    }

    fn text<T: AsRef<str> + ?Sized>(self, field: &str, value: Option<&T>) -> Self {
        match value {
            Some(value) => self.named(field, value.as_ref()),
            None => self,
        }
    }

    fn secret(self, field: &str, value: Option<&Sensitive>) -> Self {
        self.text(field, value.map(Sensitive::expose))
    }

    fn number(self, field: &str, value: Option<Decimal>) -> Self {
        match value {
            Some(value) => self.with(field, |row, name| row.number(name, value)),
            None => self,
        }
    }

    fn whole(self, field: &str, value: Option<u32>) -> Self {
        self.number(field, value.map(Decimal::from))
    }

    fn date(self, field: &str, value: Option<PsDate>) -> Self {
        match value {
            Some(value) => self.with(field, |row, name| row.date(name, value)),
            None => self,
        }
    }

    fn time(self, field: &str, value: Option<PsDateTime>) -> Self {
        let zone = self.zone;
        match value {
            Some(value) => self.with(field, |row, name| row.date_time(name, value, zone)),
            None => self,
        }
    }

    fn effective_date(self, date: PsDate) -> Self {
        self.date("EFFDT", Some(date))
    }

    fn effective(self, date: PsDate, status: &EffStatus) -> Self {
        self.effective_date(date)
            .text("EFF_STATUS", Some(status.code()))
    }

    /// What nothing here knows, under its name without alias.
    fn extra(mut self, extra: &std::collections::BTreeMap<String, String>) -> Self {
        for (name, text) in extra {
            let name = name.rsplit('.').next().unwrap_or(name);
            self.row = self.row.text(name, text.as_str());
        }
        self
    }

    fn done(self) -> NewRow {
        self.row
    }
}
