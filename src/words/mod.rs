//! Every text of the product in Chinese and English, and what of the data's own texts may be shown.

pub mod education;
pub mod mask;
pub mod nearest;
pub mod precheck;
pub mod table;
pub mod translate;
