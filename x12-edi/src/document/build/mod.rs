//! Builders: every call is checked against the tables of the release, at the call.
//!
//! ```
//! use x12_edi::document::purchase_order::{OrderLine, PurchaseOrder};
//! use x12_edi::document::segments::{OrderBeginning, OrderItem, Reference};
//! use x12_edi::schema::Release;
//! use x12_edi::value::{Date, Decimal};
//!
//! let release = Release::V004010;
//! let item = OrderItem::new("1", Decimal::from(10), "EA", Decimal::new(1250, 2));
//! let order = PurchaseOrder::builder(release)
//!     .beginning(OrderBeginning::new("4711", Date::new(2024, 1, 31)?))?
//!     .reference(Reference::new("DP", "099"))?
//!     .line(OrderLine::builder(release).item(item)?.build()?)?
//!     .build()?;
//! assert_eq!(order.totals.as_ref().and_then(|t| t.line_items), Some(1));
//!
//! let error = PurchaseOrder::builder(release)
//!     .reference(Reference::new("DEPT", "099"))
//!     .expect_err("REF01 has two or three characters");
//! assert_eq!((error.segment(), error.element()), (Some("REF"), Some(1)));
//! # Ok::<(), x12_edi::Error>(())
//! ```

mod change_answer;
mod invoice;
mod order;
mod order_acknowledgment;
mod order_change;
mod payment;
mod room;
mod shipment;

pub use change_answer::{AnsweredLineBuilder, ChangeAcknowledgmentBuilder};
pub use invoice::{InvoiceBuilder, InvoiceLineBuilder};
pub use order::{OrderLineBuilder, PurchaseOrderBuilder};
pub use order_acknowledgment::{AcknowledgedLineBuilder, PurchaseOrderAcknowledgmentBuilder};
pub use order_change::{ChangedLineBuilder, PurchaseOrderChangeBuilder};
pub use payment::{PaymentOrderBuilder, RemittanceBuilder, RemittanceEntityBuilder};
pub use shipment::LevelBuilder;

/// Declares a builder: its methods, each with the field that it fills and the type of the part.
/// `one` sets what may stand once, `first` the segment that starts the loop, `many` appends.
macro_rules! builder {
    (
        $(#[$meta:meta])*
        $name:ident of $target:ident in $set:literal, $path:expr, {
            $( $(#[$method_meta:meta])* $number:ident $method:ident => $field:ident : $part:ty; )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        #[must_use = "a builder does nothing until `build` is called"]
        pub struct $name {
            release: $crate::schema::Release,
            built: $target,
        }

        impl $target {
            /// A builder that checks every call against the tables of this release.
            pub fn builder(release: $crate::schema::Release) -> $name {
                $name {
                    release,
                    built: Self::default(),
                }
            }
        }

        impl $name {
            /// The loops around the parts.
            const PATH: &'static [&'static str] = $path;

            $(
                $(#[$method_meta])*
                ///
                /// # Errors
                /// [`ErrorKind::Missing`](crate::ErrorKind::Missing),
                /// [`ErrorKind::Length`](crate::ErrorKind::Length),
                /// [`ErrorKind::Value`](crate::ErrorKind::Value) or
                /// [`ErrorKind::Condition`](crate::ErrorKind::Condition) with segment, element,
                /// value, what was expected and how to mend it;
                /// [`ErrorKind::Condition`](crate::ErrorKind::Condition) also where the release
                /// has no room for one more.
                pub fn $method(mut self, part: impl Into<$part>) -> $crate::error::Result<Self> {
                    let part = part.into();
                    $crate::document::sink::put(&part, self.release, &mut ())?;
                    $crate::document::build::builder!(@put $number self part $field $part, $set);
                    Ok(self)
                }
            )*
        }
    };
    (@put first $self:ident $value:ident $field:ident $part:ty, $set:literal) => {
        $self.built.$field = $value;
    };
    (@put one $self:ident $value:ident $field:ident $part:ty, $set:literal) => {
        $crate::document::build::room::check::<$part>(
            $self.release, $set, Self::PATH, usize::from($self.built.$field.is_some()), true)?;
        $self.built.$field = Some($value.into());
    };
    (@put many $self:ident $value:ident $field:ident $part:ty, $set:literal) => {
        $crate::document::build::room::check::<$part>(
            $self.release, $set, Self::PATH, $self.built.$field.len(), false)?;
        $self.built.$field.push($value);
    };
}
use builder;
