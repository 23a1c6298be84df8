//! What the fuzz targets found, and the inputs that they begin with, read once more.

use std::path::Path;

use cleo_client::fuzzing;

#[test]
fn every_input_is_read_or_refused() {
    type Target = fn(&[u8]);
    let targets: [(&str, Target); 2] = [("answer", fuzzing::answer), ("filter", fuzzing::filter)];
    for (name, target) in targets {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/corpus")
            .join(name);
        let mut inputs = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            // Shown with a failure.
            println!("{}", path.display());
            target(&std::fs::read(&path).unwrap());
            inputs += 1;
        }
        assert!(inputs > 5, "{name}");
    }
}
