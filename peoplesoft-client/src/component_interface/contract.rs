//! What the WSDL of a component interface says of one action: its SOAP action, element and namespace.

use std::collections::HashMap;

use super::Action;
use crate::xml::{Limits, Reader, Token, XmlError};

/// The actions of one service.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Contract {
    of_action: HashMap<Action, Terms>,
}

/// How one action is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Terms {
    /// Name of the service operation, such as `CI_X_SUPPLIER_G`.
    pub(crate) operation: String,
    /// Value of the SOAP action, such as `CI_X_SUPPLIER_G.V1`.
    pub(crate) soap_action: String,
    /// Namespace of the message.
    pub(crate) namespace: String,
    /// The element in the body, such as `Get__CompIntfc__X_SUPPLIER`.
    pub(crate) element: String,
}

impl Contract {
    pub(crate) fn terms(&self, action: Action) -> Option<&Terms> {
        self.of_action.get(&action)
    }

    /// Reads a WSDL document: the elements of its input messages tell the actions apart.
    pub(crate) fn read(wsdl: &[u8]) -> Result<Self, XmlError> {
        let mut found = Document::default();
        found.read(wsdl)?;
        Ok(found.contract())
    }
}

/// What of a WSDL document matters, as it stands there.
#[derive(Default)]
struct Document {
    /// Prefix → namespace, of the whole document.
    namespaces: HashMap<String, String>,
    /// Message → element of its first part, with its namespace.
    parts: HashMap<String, (String, String)>,
    /// Operation → input message.
    inputs: Vec<(String, String)>,
    /// Operation → SOAP action.
    actions: HashMap<String, String>,
}

impl Document {
    fn read(&mut self, wsdl: &[u8]) -> Result<(), XmlError> {
        let mut reader = Reader::new(wsdl, Limits::DEFAULT)?;
        let mut path: Vec<String> = Vec::new();
        let (mut message, mut operation) = (String::new(), String::new());
        while let Some(token) = reader.token()? {
            match token {
                Token::Open(element) => {
                    let name = element.local().to_owned();
                    for (prefix, namespace) in element.declarations()? {
                        self.namespaces.entry(prefix).or_insert(namespace);
                    }
                    let attribute = |name| Ok(element.attribute(name)?.unwrap_or_default());
                    match (path.last().map(String::as_str), name.as_str()) {
                        (Some("definitions"), "message") => message = attribute("name")?,
                        (Some("message"), "part") => {
                            let (prefix, local) = split(&attribute("element")?);
                            // A prefix may be declared on the part itself.
                            let namespace = match element.declared(Some(prefix.as_str()))? {
                                Some(namespace) => namespace,
                                None => self.namespaces.get(&prefix).cloned().unwrap_or_default(),
                            };
                            self.parts
                                .entry(message.clone())
                                .or_insert((namespace, local));
                        }
                        (Some("portType" | "binding"), "operation") => {
                            operation = attribute("name")?;
                        }
                        (Some("operation"), "input")
                            if path.iter().any(|open| open == "portType") =>
                        {
                            let (_, local) = split(&attribute("message")?);
                            self.inputs.push((operation.clone(), local));
                        }
                        (Some("operation"), "operation") => {
                            self.actions
                                .insert(operation.clone(), attribute("soapAction")?);
                        }
                        _ => {}
                    }
                    path.push(name);
                }
                Token::Close => {
                    path.pop();
                }
                Token::Text(_) => {}
            }
        }
        Ok(())
    }

    fn contract(self) -> Contract {
        let mut contract = Contract::default();
        for (operation, message) in self.inputs {
            let Some((namespace, element)) = self.parts.get(&message) else {
                continue;
            };
            let Some(action) = Action::of_element(element) else {
                continue;
            };
            let terms = Terms {
                soap_action: self.actions.get(&operation).cloned().unwrap_or_default(),
                operation,
                namespace: namespace.clone(),
                element: element.clone(),
            };
            contract.of_action.entry(action).or_insert(terms);
        }
        contract
    }
}

fn split(name: &str) -> (String, String) {
    match name.split_once(':') {
        Some((prefix, local)) => (prefix.to_owned(), local.to_owned()),
        None => (String::new(), name.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WSDL: &str = r#"<?xml version="1.0"?>
<wsdl:definitions name="CI_X_SUPPLIER.1" targetNamespace="urn:s" xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:M1="http://xmlns.oracle.com/Enterprise/Tools/schemas/M123456.V1">
 <wsdl:types><xsd:schema xmlns:xsd="x"><xsd:import namespace="n" schemaLocation="y"/></xsd:schema></wsdl:types>
 <wsdl:message name="M123456.V1"><wsdl:part element="M1:Get__CompIntfc__X_SUPPLIER" name="parameter"/></wsdl:message>
 <wsdl:message name="M654321.V1"><wsdl:part element="M2:Create__CompIntfc__X_SUPPLIER" name="parameter"
   xmlns:M2="http://xmlns.oracle.com/Enterprise/Tools/schemas/M654321.V1"/></wsdl:message>
 <wsdl:message name="M000001.V1"><wsdl:part element="M1:Get__CompIntfc__X_SUPPLIERResponse" name="parameter"/></wsdl:message>
 <wsdl:portType name="P">
  <wsdl:operation name="CI_X_SUPPLIER_G"><wsdl:input message="tns:M123456.V1" name="a"/><wsdl:output message="tns:M000001.V1"/></wsdl:operation>
  <wsdl:operation name="CI_X_SUPPLIER_C"><wsdl:input message="M654321.V1"/></wsdl:operation>
  <wsdl:operation name="CI_X_OTHER"><wsdl:input message="missing"/></wsdl:operation>
 </wsdl:portType>
 <wsdl:binding name="B" type="tns:P"><soap:binding style="document"/>
  <wsdl:operation name="CI_X_SUPPLIER_G"><soap:operation soapAction="CI_X_SUPPLIER_G.V1" style="document"/><wsdl:input><soap:body use="literal"/></wsdl:input></wsdl:operation>
  <wsdl:operation name="CI_X_SUPPLIER_C"><soap:operation soapAction="Create.V1"/></wsdl:operation>
 </wsdl:binding>
</wsdl:definitions>"#;

    #[test]
    fn each_action_has_its_own_namespace() {
        let contract = Contract::read(WSDL.as_bytes()).unwrap();
        insta::assert_debug_snapshot!(contract.terms(Action::Get).unwrap(), @r#"
        Terms {
            operation: "CI_X_SUPPLIER_G",
            soap_action: "CI_X_SUPPLIER_G.V1",
            namespace: "http://xmlns.oracle.com/Enterprise/Tools/schemas/M123456.V1",
            element: "Get__CompIntfc__X_SUPPLIER",
        }
        "#);
        let create = contract.terms(Action::Create).unwrap();
        assert!(create.namespace.ends_with("/M654321.V1"));
        assert_eq!(create.soap_action, "Create.V1");
        assert_eq!(contract.terms(Action::Find), None);
    }

    #[test]
    fn any_other_document_has_no_actions() {
        assert_eq!(Contract::read(b"<a/>").unwrap(), Contract::default());
        assert!(Contract::read(b"<a>").is_err());
        assert!(Contract::read(b"<!DOCTYPE a><a/>").is_err());
    }
}
