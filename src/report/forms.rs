//! The papers that an office files for a lead: a notice to those who must explain it, and the auditor's working paper.
//!
//! Both are printable pages made of the same facts as the list; offices sign them on paper or open them in a word processor.

use clap::ValueEnum;
use minijinja::{Environment, Value, context};

use crate::report::cells::{format_message, money};
use crate::report::dossier::LeadView;
use crate::report::voucher::Row;
use crate::words::table::{Lang, Word, grain, scheme};

const FORM: &str = include_str!("forms.html");

/// Vouchers that a paper shows at most.
const ROWS: usize = 60;

/// A paper.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// A notice of verification
    Notice,
    /// A working paper
    Paper,
}

impl LeadView {
    /// A paper as a page.
    ///
    /// # Errors
    /// If the template is wrong, which would be a fault of ours.
    pub fn form(&self, form: Form, lang: Lang) -> Result<String, minijinja::Error> {
        let to = |word: Word| word.to(lang);
        let is_paper = form == Form::Paper;
        let cells = [("due", self.due.to_string())];
        let mut all = Environment::new();
        all.add_template("forms.html", FORM)?;
        let head = [
            (Word::Subject, format!("{} {}", grain(self.grain).to(lang), self.name)),
            (Word::VillageCode, self.village.clone()),
            (Word::SchemeOf, to(scheme(self.scheme)).to_owned()),
            (Word::Money, money(self.money)),
            (Word::Due, self.due.to_string()),
        ];
        let rows = self.rows.iter().take(ROWS).map(|row| line(row, lang));
        let more = self.rows.len().saturating_sub(ROWS);
        let more = (more > 0)
            .then(|| format_message(Word::MoreRows, lang, &[("count", more.to_string())]));
        let wanted: Vec<&str> = self.questions(lang).into_iter().chain(self.clears(lang)).collect();
        all.get_template("forms.html")?.render(context! {
            lang => lang.tag(),
            is_paper,
            title => to(if is_paper { Word::FormPaper } else { Word::FormNotice }),
            id => &*self.id,
            opening => to(if is_paper { Word::FormPaperOpening } else { Word::FormNoticeOpening }),
            closing => format_message(Word::FormNoticeClosing, lang, &cells),
            head => head.map(|(word, cell)| vec![to(word).to_owned(), cell]).to_vec(),
            reasons => self.facts(lang),
            rows => rows.collect::<Vec<Value>>(),
            more,
            records => self.records.iter().take(ROWS).map(|it| vec![it.title(lang), it.line(lang)]).collect::<Vec<_>>(),
            wanted,
            causes => self.causes(lang),
            blanks => [Word::Conclusion, Word::Recovered, Word::Rectified, Word::Remark].map(to).to_vec(),
            words => context! {
                lead => to(Word::Lead),
                place => to(Word::Place),
                facts => to(Word::FormFacts),
                checked => to(Word::FormChecked),
                vouchers => to(Word::Vouchers),
                records => to(Word::RegisterRows),
                date => to(Word::Date),
                voucher => to(Word::VoucherNo),
                account => to(Word::Account),
                amount => to(Word::Amount),
                payee => to(Word::Payee),
                approver => to(Word::Approver),
                summary => to(Word::Summary),
                wanted => to(if is_paper { Word::FormSteps } else { Word::FormWanted }),
                causes => to(Word::ElseCause),
                by => to(Word::FormBy),
                reviewer => to(Word::FormReviewer),
                office => to(Word::FormOffice),
                day => to(Word::FormDay),
            },
        })
    }
}

fn line(row: &Row, lang: Lang) -> Value {
    context! {
        date => row.date.to_string(),
        voucher => &*row.voucher,
        account => row.account_named(lang),
        amount => money(row.amount),
        payee => &*row.payee,
        approver => &*row.approver,
        summary => &*row.summary,
        recorded => row.recorded_line(lang),
    }
}
