//! What a clerk is told before a payment, a sentence each, English first.

use strum::IntoStaticStr;

use super::table::Lang;

macro_rules! sayings {
    ($($saying:ident $en:literal $zh:literal)*) => {
        /// A sentence about a voucher, its cells in braces.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
        #[strum(serialize_all = "snake_case")]
        pub enum Saying {
            $(
                #[doc = $en]
                $saying,
            )*
        }

        impl Saying {
            /// Every sentence.
            pub const ALL: &[Self] = &[$(Self::$saying),*];

            /// The sentence in a language.
            pub fn to(self, lang: Lang) -> &'static str {
                lang.of(match self {
                    $(Self::$saying => [$en, $zh],)*
                })
            }

            /// Its key in JSON.
            pub fn key(self) -> &'static str {
                self.into()
            }
        }
    };
}

sayings!(
    SignatureMissing "the signature of the {duty} is missing" "缺{duty}签字"
    StampMissing "the stamp of the village supervision committee is missing" "缺村务监督委员会盖章"
    DecisionMissing "no collective decision is named; from {from} yuan on one is needed" "未填集体决策编号；满 {from} 元须先经集体决策"
    DecisionUnknown "the decision {decision} is not among the recorded ones; check its number or have it recorded" "集体决策 {decision} 没有登记，请核对编号或先登记"
    DecisionElsewhere "the decision {decision} is of another village; name the one that decided on this payment" "集体决策 {decision} 属于其他村，请填写就本笔付款作出的决策"
    DecisionNotVoted "no vote on the decision {decision} is recorded" "集体决策 {decision} 没有表决记录"
    DecisionVotedLater "the vote on the decision {decision} is on {voted}, later than the payment" "集体决策 {decision} 于 {voted} 表决，晚于付款日期"
    DecisionNotPassed "the decision {decision} was not passed: {votes} of {cast} votes were for it" "集体决策 {decision} 未通过：投票 {cast} 人，赞成 {votes} 人"
    DecisionNoQuorum "too few voted on the decision {decision}: {cast} of {entitled}; two thirds are needed" "集体决策 {decision} 投票人数不足：应到 {entitled} 人，投票 {cast} 人，须达三分之二"
    DecisionNotPosted "no notice of the decision {decision} is recorded; post it for {days} days before paying" "集体决策 {decision} 没有公示记录；付款前应公示 {days} 天"
    DecisionPostedBriefly "the notice of the decision {decision} hung {posted} days before the payment; {days} are needed" "集体决策 {decision} 付款前公示 {posted} 天，应公示 {days} 天"
    DecisionExceeded "under the decision {decision} of {amount} yuan, {paid} are paid; this payment exceeds it by {over}" "集体决策 {decision} 金额 {amount} 元，已付 {paid} 元，付本笔后超出 {over} 元"
    TenderMissing "from {from} yuan on a tender is needed; name the contract that was awarded by it" "满 {from} 元须招标；请填写中标合同编号"
    TenderUnrecorded "from {from} yuan on a tender is needed; the contract {contract} is not recorded as tendered" "满 {from} 元须招标；合同 {contract} 未登记为经招标"
    ContractUnknown "the contract {contract} is not among the recorded ones; check its number or have it recorded" "合同 {contract} 没有登记，请核对编号或先登记"
    ContractElsewhere "the contract {contract} is of another village or another payee" "合同 {contract} 属于其他村或其他收款人"
    ContractLater "the contract {contract} was signed on {signed}, later than the payment" "合同 {contract} 于 {signed} 签订，晚于付款日期"
    ContractExceeded "under the contract {contract} of {amount} yuan, {paid} are paid; this payment exceeds it by {over}" "合同 {contract} 金额 {amount} 元，已付 {paid} 元，付本笔后超出 {over} 元"
    CashOver "{amount} yuan may not be paid in cash, at most {limit}; pay by transfer" "现金支付 {amount} 元超过限额 {limit} 元，请改为转账"
    MethodMissing "how it is paid is not said; above {limit} yuan it must not be cash" "未填支付方式；超过 {limit} 元不得支付现金"
    ApproverOutOfOffice "the approver {name} holds no post in the village on {day}; somebody in office must approve" "审批人 {name} 在 {day} 没有本村职务，须由在任人员审批"
    ApproverIsPayee "the approver {name} is the payee or its owner; somebody else must approve" "审批人 {name} 就是收款人或其经营者，须由他人审批"
    ApproverIsKin "the approver {name} is a near relative of the payee or its owner; somebody else must approve" "审批人 {name} 与收款人或其经营者是近亲属，应当回避，由他人审批"
    HandlerIsWitness "{name} is both handler and witness; somebody else must bear witness" "{name} 既是经手人又是证明人，须由他人证明"
    PurposeMissing "what the payment is for is not said" "未填用途（摘要）"
    PayeeMissing "the payee is not named" "未填收款人"
    PayeeUnknown "the payee {name} is not in the register of payees; check the name or have it registered" "收款人 {name} 未建档，请核对名称或先建档"
    NameShared "several on record are called {name}; write the id, so that it can be checked" "登记中有多个 {name}，请改填标识，以便核对"
    PaperMissing "the paper behind it (invoice, receipt, list) is not named" "未注明原始凭证（发票、收据、花名册等）"
    PaperNone "there is no paper behind it; obtain an invoice or a receipt first" "没有原始凭证，请先取得发票或收据"
    PaperOwnSlip "an own slip does not do for a firm; obtain its invoice" "付给单位不能只凭自制凭证，请取得发票"
    PaperUnnumbered "the number of the invoice or receipt is missing" "缺发票或收据号码"
    AttachmentsMissing "no attached paper is counted" "未填附件张数"
    PaidBefore "the same claim (payee, number and amount) was paid on {day} with voucher {voucher}" "同一笔款（收款人、票据号、金额相同）已于 {day} 以凭证 {voucher} 支付"
    WrittenTwice "the same claim (payee, number and amount) stands in row {line} of this file as well" "同一笔款（收款人、票据号、金额相同）在本表第 {line} 行已填"
    TogetherOver "with {count} other payments within {days} days the payee gets {sum} yuan; from {from} yuan on this is needed besides: {duties}" "{days} 天内连同另外 {count} 笔，共付该收款人 {sum} 元；满 {from} 元还需：{duties}"
    NoLimits "no limits are on record for {class} here on {day}: which steps it must go through cannot be told; ask the township" "没有{day}适用于本村{class}的限额，无法说明应经哪些程序；请询问乡镇"
    FixedStandard "it is paid by a public standard, so no approval by amount is asked for" "按固定标准发放，不按金额审批"
    ColumnAbsent "the file has no column for {columns}; what rests on it is not checked" "表中没有这些列：{columns}；相关内容未检查"
    Row "row {row}: {said}" "第 {row} 行：{said}"
    Yuan "{amount} yuan" "{amount} 元"
    Limits "{class}, from {from} yuan on{to} (limits of {region} in force since {since}): {steps}" "{class}，满 {from} 元{to}（{region} 自 {since} 起执行的限额）：{steps}"
    Below ", below {to} yuan" "、不满 {to} 元"
    NoSteps "nothing is asked for" "无须审批程序"
    Tender "tender" "招标"
    CashMax "at most {limit} yuan in cash" "现金不超过 {limit} 元"
    ToDo "to do: {said}" "待办：{said}"
    NothingMissing "nothing is missing by what is on record" "按现有记录，未见缺项"
    Note "note: {said}" "说明：{said}"
    NotRead "{file}, row {row}, column `{column}`: {value}{reason}" "{file}，第 {row} 行，“{column}”列：{value}{reason}"
    NotReadValue "`{value}`: " "“{value}”："
    Sum "{rows} vouchers: {complete} complete, {lacking} with something missing, {unread} not readable" "凭证 {rows} 张：{complete} 张齐全，{lacking} 张有缺项，{unread} 张无法识别"
    Checked "Vouchers checked" "付款前检查"
    StepsTitle "Steps to go through" "应经程序"
    MissingTitle "Missing before payment" "付款前还缺"
    NotesTitle "To be known" "检查提示"
    UnreadTitle "Not readable" "无法识别之处"
    ToFillIn "Vouchers" "付款凭证"
    HowToFill "How to fill in" "填写方法"
    HowColumn "Column" "列"
    HowMeaning "Holds" "填写内容"
    HowWords "Words" "可填词语"
    HowExample "Example (simulated)" "示例（模拟）"
    PowerList "Power list" "权力清单"
    ListTitle "Steps of payments of {village} on {day}" "{village} 付款程序（{day}）"
    ListClass "Kind of expense" "支出类别"
    ListFrom "From (yuan)" "起（元）"
    ListTo "Below (yuan)" "不满（元）"
    ListCash "Cash at most (yuan)" "现金上限（元）"
    ListRegion "Limits of" "限额所属区划"
    ListSince "In force since" "施行日期"
    ListDecision "A collective decision is proposed, voted by two thirds of those entitled and by more than half of the votes, and posted for {days} days before the payment." "集体决策：先提议，应到人数三分之二以上投票、赞成过半，公示满 {days} 天后付款。"
    ListNone "No limits are on record for {village} on {day}; ask the township, or bring in the table `limits`." "没有 {village} 在 {day} 适用的限额；请询问乡镇，或导入限额表（`limits`）。"
    RegisterAbsent "not recorded in the dataset: {tables}; what rests on them is not checked" "数据集中没有：{tables}；相关内容未检查"
);

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Lang, Saying};

    #[test]
    fn both_languages_name_the_same_cells() {
        for saying in Saying::ALL {
            let cells = |text: &'static str| -> BTreeSet<&str> {
                text.split('{').skip(1).filter_map(|part| part.split('}').next()).collect()
            };
            assert_eq!(cells(saying.to(Lang::En)), cells(saying.to(Lang::Zh)), "{saying:?}");
        }
    }
}
