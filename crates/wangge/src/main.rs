//! wangge
fn main() {}
